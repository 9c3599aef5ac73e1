using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests.Processes;

/// <summary>A server process on free ports, ended with SIGTERM as an operator would.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private RunningServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>"127.0.0.1:PORT" of gRPC.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Where health and metrics are.</summary>
    public Uri HttpAddress { get; private set; } = new("http://127.0.0.1");

    /// <summary>What the server logged until now.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts <c>facevoice serve</c> and waits until it is ready.</summary>
    public static async Task<RunningServer> StartAsync(string model, string index, string portsFile, CancellationToken cancellationToken)
    {
        File.Delete(portsFile);
        string[] arguments = ["serve", "--model", model, "--index", index, "--grpc-port", "0", "--http-port", "0", "--ports-file", portsFile];
        var server = new RunningServer(ProgramRun.Start(RepositoryPaths.Of("tools", "facevoice"), arguments, RepositoryPaths.Root));
        try
        {
            await server.WaitUntilReadyAsync(portsFile, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends SIGTERM and gives the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(string portsFile, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(100, cancellationToken))
        {
            Assert.False(_process.HasExited, $"The server ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Log}");
            if (!File.Exists(portsFile))
            {
                continue;
            }

            var ports = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(portsFile, cancellationToken));
            Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports.GetProperty("grpc_port").GetInt32()}");
            HttpAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports.GetProperty("http_port").GetInt32()}"));
            using var answer = await http.GetAsync(new Uri(HttpAddress, "readyz"), cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }
        }

        Assert.Fail($"The server was not ready within {Patience.TotalSeconds} s:\n{Log}");
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
        {
            _log.AppendLine(e.Data);
        }
    }
}
