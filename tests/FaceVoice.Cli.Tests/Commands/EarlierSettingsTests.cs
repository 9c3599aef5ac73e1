using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FaceVoice.Cli.Tests.Commands;

/// <summary>
/// Settings of a server as version 0.1 took and printed them: every one of them, from a file, from the environment and on the command line.
/// </summary>
public sealed class EarlierSettingsTests : IDisposable
{
    /// <summary>
    /// What version 0.1 printed (<c>serve --print-config</c>) when each of its settings was set to something else than its default.
    /// </summary>
    private const string Printed = """
        {
          "Model": "models/mine",
          "Index": "/var/lib/index",
          "IndexKeyFile": "index.key",
          "IndexTemplateKeyFile": "template.key",
          "Listen": {
            "Address": "localhost",
            "GrpcPort": 6051,
            "HttpPort": 6050,
            "CertificateFile": "server.pem",
            "CertificateKeyFile": "server.key",
            "ClientAuthorityFile": "clients.pem",
            "PortsFile": "ports.json"
          },
          "Access": {
            "ApiKeyFile": "keys.json",
            "AllowedOrigins": "https://app.example.org"
          },
          "Limits": {
            "MaxMessageBytes": 33554432,
            "MaxImageBytes": 20971520,
            "MaxImagePixels": 20000000,
            "MaxAudioBytes": 5242880,
            "MaxAudioSeconds": 90.5,
            "MaxCallSeconds": 30,
            "MaxStreamSeconds": 1800,
            "MaxConcurrentCalls": 128,
            "MaxConnections": 500
          },
          "Work": {
            "Workers": 3,
            "QueueLength": 32,
            "CacheMegabytes": 16,
            "SamplesPerCall": 5,
            "DrainSeconds": 12.5
          },
          "Telemetry": {
            "OtlpEndpoint": "http://localhost:4317",
            "JsonLogs": true,
            "LogLevel": "Warning"
          }
        }
        """;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("facevoice-settings-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Serve_EarlierFile_ReadsEverySetting()
    {
        var file = Path.Combine(_scratch.FullName, "settings.json");
        await File.WriteAllTextAsync(file, Printed, TestContext.Current.CancellationToken);
        await AssertSettingsAsync(["--config", file], []);
    }

    [Fact]
    public Task Serve_EarlierVariables_ReadsEverySetting() =>
        AssertSettingsAsync([], Settings().ToDictionary(s => "FACEVOICE_" + s.Name.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal), s => s.Value));

    [Fact]
    public Task Serve_EarlierSetOptions_ReadsEverySetting() => AssertSettingsAsync([.. Settings().SelectMany(s => new[] { "--set", $"{s.Name}={s.Value}" })], []);

    [Fact]
    public Task Serve_EarlierOptionsOfTheirOwn_MeanTheSameSettings()
    {
        string[] names =
        [
            "--model=Model", "--index=Index", "--index-key-file=IndexKeyFile", "--index-template-key-file=IndexTemplateKeyFile", "--address=Listen:Address",
            "--grpc-port=Listen:GrpcPort", "--http-port=Listen:HttpPort", "--ports-file=Listen:PortsFile", "--tls-certificate=Listen:CertificateFile",
            "--tls-key=Listen:CertificateKeyFile", "--tls-client-authority=Listen:ClientAuthorityFile", "--api-keys=Access:ApiKeyFile",
            "--otlp=Telemetry:OtlpEndpoint", "--log-level=Telemetry:LogLevel",
        ];
        var options = names.ToDictionary(name => name.Split('=')[1], name => name.Split('=')[0]);
        return AssertSettingsAsync([.. Settings().SelectMany(s => options.TryGetValue(s.Name, out var option) ? new[] { option, s.Value } : ["--set", $"{s.Name}={s.Value}"])], []);
    }

    private static IEnumerable<(string Name, string Value)> Settings() => Flatten("", JsonNode.Parse(Printed)!.AsObject());

    private static IEnumerable<(string Name, string Value)> Flatten(string prefix, JsonObject settings) => settings.SelectMany(
        setting => setting.Value is JsonObject group ? Flatten(prefix + setting.Key + ":", group) : [(prefix + setting.Key, setting.Value!.ToString())]);

    private static async Task AssertSettingsAsync(string[] arguments, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "facevoice.dll"), "serve", "--print-config", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var printed = JsonNode.Parse(await process.StandardOutput.ReadToEndAsync())!.AsObject();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        printed["Work"]!.AsObject().Remove("Device"); // came later
        Assert.Equal(JsonNode.Parse(Printed)!.ToJsonString(), printed.ToJsonString());
    }
}
