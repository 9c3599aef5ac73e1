using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>The options that let a running server do the work instead of this process; the same in every command that has them.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string?> _server = new("--server")
    {
        Description = "Let a running server do the work: host:port of its gRPC, or https://host:port with TLS. The output is the same.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _keyFile = new("--api-key-file") { Description = "File with the server's API key. Default: the key in FACEVOICE_API_KEY, or none.", HelpName = "FILE" };
    private readonly Option<string?> _authorityFile = new("--ca-file") { Description = "Trust servers whose certificate one of these signed (PEM), and speak TLS.", HelpName = "FILE" };
    private readonly Option<string?> _certificateFile = new("--client-certificate") { Description = "The certificate to show to the server (PEM), where it asks for one.", HelpName = "FILE" };
    private readonly Option<string?> _certificateKeyFile = new("--client-key") { Description = "The private key of --client-certificate (PEM).", HelpName = "FILE" };

    public ServerOptions(Command command)
    {
        foreach (var option in new Option[] { _server, _keyFile, _authorityFile, _certificateFile, _certificateKeyFile })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>A connection to the server that was named; null where the work is to be done in this process.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="local">Options of the command that only work in this process knows, and whether they were given.</param>
    /// <exception cref="UsageException">Options that do not go together.</exception>
    public ServerConnection? Connect(ParseResult parsed, params ReadOnlySpan<(string Option, bool IsGiven)> local)
    {
        if (parsed.GetValue(_server) is not { } server)
        {
            var idle = new Option[] { _keyFile, _authorityFile, _certificateFile, _certificateKeyFile }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
            return idle is null ? null : throw new UsageException($"{idle.Name} goes with --server.");
        }

        foreach (var (option, isGiven) in local)
        {
            if (isGiven)
            {
                throw new UsageException($"{option} does not go with --server: the server has its own.");
            }
        }

        return ServerConnection.Open(server, parsed.GetValue(_keyFile), parsed.GetValue(_authorityFile), parsed.GetValue(_certificateFile), parsed.GetValue(_certificateKeyFile));
    }
}
