using System.CommandLine;
using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

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
        _index = new(name) { Required = !offersServer, Description = "The index: a folder, or http(s)://HOST:PORT/COLLECTION of a Qdrant server.", HelpName = "DIR|URL" };
        command.Options.Add(_index);
        if (name == "--index")
        {
            command.Options.Add(_key);
            command.Options.Add(_template);
        }

        _server = offersServer ? new ServerOptions(command) : null;
    }

    /// <summary>The folder or address as given.</summary>
    public string Location(ParseResult parsed) => parsed.GetValue(_index) ?? throw new UsageException($"where is the index? Give {_index.Name}, or --server for the one of a running server.");

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
        if (!TryParseServer(location, out var server, out var collection))
        {
            return await EmbeddedVectorStore.OpenAsync(location, schema, EmbeddedOptions(parsed), cancellationToken);
        }

        var options = new QdrantStoreOptions { ApiKey = Environment.GetEnvironmentVariable("FACEVOICE_QDRANT_KEY"), TemplateKey = TemplateKey(parsed) };
        return await QdrantVectorStore.OpenAsync(server!, collection, schema, options, cancellationToken);
    }

    /// <summary>Opens an index that must be a folder.</summary>
    public async Task<EmbeddedVectorStore> OpenEmbeddedAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        await EmbeddedVectorStore.OpenAsync(Folder(parsed), null, EmbeddedOptions(parsed), cancellationToken);

    /// <summary>The folder of an index that must be one.</summary>
    public string Folder(ParseResult parsed) => TryParseServer(Location(parsed), out _, out _)
        ? throw new UsageException("this works on an index in a folder; a Qdrant server looks after its own files.")
        : Location(parsed);

    public EmbeddedStoreOptions EmbeddedOptions(ParseResult parsed) => new() { EncryptionKey = ReadKey(parsed.GetValue(_key), "FACEVOICE_INDEX_KEY"), TemplateKey = TemplateKey(parsed) };

    /// <summary>Reads a key from a file, or from the environment where no file is given; null where there is neither.</summary>
    public static StoreKey? ReadKey(string? file, string? variable)
    {
        try
        {
            return file is not null ? StoreKey.FromFile(file)
                : variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? StoreKey.Parse(text) : null;
        }
        catch (FormatException error)
        {
            throw new UsageException($"{file ?? variable}: {error.Message}");
        }
    }

    private StoreKey? TemplateKey(ParseResult parsed) => ReadKey(parsed.GetValue(_template), "FACEVOICE_TEMPLATE_KEY");

    private static bool TryParseServer(string location, out Uri? server, out string collection)
    {
        (server, collection) = (null, string.Empty);
        if (!Uri.TryCreate(location, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return false;
        }

        var path = uri.AbsolutePath.TrimEnd('/');
        var cut = path.LastIndexOf('/');
        collection = cut < 0 ? string.Empty : Uri.UnescapeDataString(path[(cut + 1)..]);
        if (collection.Length == 0)
        {
            throw new UsageException($"'{location}' names no collection: http://HOST:6333/COLLECTION is needed.");
        }

        server = new Uri(uri, path[..(cut + 1)]);
        return true;
    }
}
