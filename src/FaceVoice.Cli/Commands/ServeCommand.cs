using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models.Sessions;
using FaceVoice.Server;

namespace FaceVoice.Cli.Commands;

/// <summary><c>facevoice serve</c>: the gRPC server.</summary>
internal static class ServeCommand
{
    /// <summary>The command's name; a stop signal gives it time to let open calls end.</summary>
    public const string Name = "serve";

    private static readonly (Option<string?> Option, string Setting)[] Settings =
    [
        (Text("--model", "DIR", "The model bundle: a folder, or OWNER/NAME[@REVISION] that was pulled. Default: models/starter."), "Model"),
        (Text("--index", "DIR|URL", "The index: a folder, made where it does not exist, or http(s)://HOST:6334/COLLECTION of a Qdrant server. Default: none, enrolment and search are off."), "Index"),
        (Text("--index-key-file", "FILE", "The base64 key that the files of the index folder are encrypted under. Default: the key in FACEVOICE_INDEX_KEY, or none."), "IndexKeyFile"),
        (Text("--index-template-key-file", "FILE", "The base64 key whose secret rotation vectors are stored under. Default: the key in FACEVOICE_TEMPLATE_KEY, or none."), "IndexTemplateKeyFile"),
        (Text("--address", "ADDRESS", "Where to listen: an IP address, localhost, or * for all. Default: 127.0.0.1."), "Listen:Address"),
        (Text("--grpc-port", "PORT", "The port of gRPC over HTTP/2; 0 for any free one. Default: 5051."), "Listen:GrpcPort"),
        (Text("--http-port", "PORT", "The port of /healthz, /readyz, /metrics and gRPC-Web; 0 for any free one. Default: 5050."), "Listen:HttpPort"),
        (Text("--ports-file", "FILE", "Where to write the ports as JSON once the server listens."), "Listen:PortsFile"),
        (Text("--tls-certificate", "FILE", "The server's certificate (PEM): the gRPC port speaks TLS."), "Listen:CertificateFile"),
        (Text("--tls-key", "FILE", "The certificate's private key (PEM)."), "Listen:CertificateKeyFile"),
        (Text("--tls-client-authority", "FILE", "Every caller must show a certificate signed by one of these (PEM)."), "Listen:ClientAuthorityFile"),
        (Text("--api-keys", "FILE", "Callers need a key of this file; see 'facevoice keys'."), "Access:ApiKeyFile"),
        (Text("--device", "auto|cpu|cuda", DeviceOption.Description), "Work:Device"),
        (Text("--otlp", "URL", "Where to send OpenTelemetry metrics and traces, for instance http://localhost:4317."), "Telemetry:OtlpEndpoint"),
        (Text("--log-level", "LEVEL", "Trace, Debug, Information, Warning or Error. Default: Information."), "Telemetry:LogLevel"),
    ];

    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "A JSON file with settings, as --print-config shows them.", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "Any setting, for instance --set Limits:MaxAudioSeconds=60. May be given again.", HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };
        var print = new Option<bool>("--print-config") { Description = "Show the settings that would be used, and end." };
        var command = new Command(Name, "Serves embeddings, matches and an index over gRPC. Settings come from --config, then FACEVOICE_... (FACEVOICE_LISTEN__GRPCPORT=5051), then the command line.");
        command.Options.Add(config);
        foreach (var (option, _) in Settings)
        {
            command.Options.Add(option);
        }

        command.Options.Add(set);
        command.Options.Add(print);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            try
            {
                return await RunAsync(parsed.GetValue(config), Overrides(parsed, parsed.GetValue(set) ?? []), parsed.GetValue(print), cancellationToken);
            }
            catch (InvalidSettingsException e)
            {
                throw new UsageException(e.Message);
            }
        });
    }

    private static async Task<int> RunAsync(string? config, Dictionary<string, string?> overrides, bool onlyPrint, CancellationToken cancellationToken)
    {
        var settings = ServiceConfiguration.Load(config, overrides);
        if (onlyPrint)
        {
            Console.WriteLine(ServiceConfiguration.ToJson(settings));
            return ExitCode.Done;
        }

        settings.Model = ModelDirectory.Locate(settings.Model) ?? ModelDirectory.Resolve(null);
        await using var server = await FaceVoiceServer.StartAsync(settings, cancellationToken);
        await server.RunAsync(cancellationToken);
        return ExitCode.Done;
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private static Dictionary<string, string?> Overrides(ParseResult parsed, string[] assignments)
    {
        var overrides = Settings.ToDictionary(s => s.Setting, s => parsed.GetValue(s.Option));
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"--set {assignment}: NAME=VALUE is needed, for instance Limits:MaxAudioSeconds=60.");
            }

            overrides[assignment[..equals]] = assignment[(equals + 1)..];
        }

        return overrides;
    }
}
