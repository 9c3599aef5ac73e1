using System.CommandLine;
using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>The options that say where an index is and how to open it.</summary>
internal sealed class IndexPlace
{
    private readonly Option<string?> _index;
    private readonly ServerOptions? _server;
    private readonly Option<string?> _key = new("--key-file") { Description = "File with the base64 key that the files are encrypted under.", HelpName = "FILE" };
    private readonly Option<string?> _template = new("--template-key-file") { Description = "File with the base64 key whose secret rotation vectors are stored under.", HelpName = "FILE" };

    /// <param name="command">The command that gets the options.</param>
    /// <param name="name">The name of the option that says where.</param>
    /// <param name="offersServer">Whether the index of a running server will do, in place of one that is opened here.</param>
    public IndexPlace(Command command, string name = "--index", bool offersServer = false)
    {
        _index = new(name) { Required = !offersServer, Description = "The index: a folder, or http(s)://HOST:6334/COLLECTION of a Qdrant server.", HelpName = "DIR|URL" };
        command.Options.Add(_index);
        if (name == "--index")
        {
            command.Options.Add(_key);
            command.Options.Add(_template);
        }

        _server = offersServer ? new ServerOptions(command) : null;
    }

    /// <summary>Opens the index, making it where it is missing and a schema is given.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="schema">What the index must be made for, or null.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <param name="local">Further options of the command that do not go with a server, and whether they were given.</param>
    public async Task<IVectorStore> OpenAsync(ParseResult parsed, IndexSchema? schema, CancellationToken cancellationToken, params (string Option, bool IsGiven)[] local)
    {
        var own = new Option[] { _index, _key, _template }.Select(option => (option.Name, parsed.GetResult(option) is { Implicit: false }));
        if (_server?.Connect(parsed, [.. own, .. local]) is { } connection)
        {
            return await RemoteVectorStore.OpenAsync(connection, cancellationToken);
        }

        var location = Location(parsed);
        if (location.Server is not null && parsed.GetValue(_key) is not null)
        {
            throw new UsageException($"{_key.Name} is for an index in a folder; a Qdrant server looks after its own files.");
        }

        return await IndexOpener.OpenAsync(location, Keys(parsed), schema, ConsoleWarnings.Instance, cancellationToken);
    }

    /// <summary>Opens an index that must be a folder.</summary>
    public async Task<EmbeddedVectorStore> OpenEmbeddedAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        await EmbeddedVectorStore.OpenAsync(Folder(parsed), null, EmbeddedOptions(parsed), cancellationToken);

    /// <summary>The folder of an index that must be one.</summary>
    public string Folder(ParseResult parsed) => Location(parsed) is { Server: null } folder
        ? folder.Text
        : throw new UsageException("this works on an index in a folder; a Qdrant server looks after its own files, and what it has removed cannot be proved to be gone.");

    public EmbeddedStoreOptions EmbeddedOptions(ParseResult parsed) => IndexOpener.Embedded(Keys(parsed));

    /// <summary>Reads a key from a file; null where none is given.</summary>
    public static StoreKey? ReadKey(string? file) => Usage(() => IndexKeys.ReadKey(file, null));

    private IndexLocation Location(ParseResult parsed)
    {
        var text = parsed.GetValue(_index) ?? throw new UsageException($"where is the index? Give {_index.Name}, or --server for the one of a running server.");
        return Usage(() => IndexLocation.Parse(text));
    }

    private IndexKeys Keys(ParseResult parsed) => Usage(() => IndexKeys.Read(parsed.GetValue(_key), parsed.GetValue(_template)));

    private static T Usage<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    /// <summary>Writes what a store warns of to stderr; what it merely reports stays unsaid.</summary>
    private sealed class ConsoleWarnings : ILogger
    {
        public static ConsoleWarnings Instance { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.Error.WriteLine(formatter(state, exception));
            }
        }
    }
}
