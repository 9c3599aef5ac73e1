using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace FaceVoice.Testing.Grpc;

/// <summary><c>facevoice serve</c> as a process of its own on free ports of the loopback, with its log kept.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly DirectoryInfo _scratch;
    private readonly StringBuilder _log = new();
    private readonly HttpClient _http = new();

    private ServerProcess(Process process, DirectoryInfo scratch)
    {
        (_process, _scratch) = (process, scratch);
        process.ErrorDataReceived += Keep;
        process.OutputDataReceived += Keep;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public int GrpcPort { get; private set; }

    public int HttpPort { get; private set; }

    /// <summary>Gets the id of the process.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Gets the processor time that it has used, in steps of 10 ms.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// Gets the processor time that the threads which it has now have used, in nanoseconds: for what is shorter than a step of the other.
    /// </summary>
    public TimeSpan ThreadTime => TimeSpan.FromMicroseconds(Directory.GetDirectories($"/proc/{Id}/task").Sum(ThreadNanoseconds) / 1e3);

    /// <summary>Gets its resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Gets what it has written so far.</summary>
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

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="arguments">Options of <c>serve</c>, beside the ports.</param>
    public static Task<ServerProcess> StartAsync(params string[] arguments) => StartOfAsync(checkout: null, arguments);

    /// <summary>Starts the server of another checkout, or of this one, and waits until it is ready.</summary>
    /// <param name="checkout">A folder in which the product is built; null means this one.</param>
    /// <param name="arguments">Options of <c>serve</c>, beside the ports.</param>
    public static async Task<ServerProcess> StartOfAsync(string? checkout, params string[] arguments)
    {
        var scratch = Directory.CreateTempSubdirectory("facevoice-server-");
        var ports = Path.Combine(scratch.FullName, "ports.json");
        var start = new ProcessStartInfo("dotnet", [Program(checkout), "serve", "--grpc-port", "0", "--http-port", "0", "--ports-file", ports, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new ServerProcess(Process.Start(start)!, scratch);
        try
        {
            await server.WaitUntilReadyAsync(ports);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A channel to its gRPC port.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress($"http://127.0.0.1:{GrpcPort}", new GrpcChannelOptions { MaxReceiveMessageSize = null });

    /// <summary>A way to call with a key.</summary>
    public static CallInvoker WithKey(GrpcChannel channel, string key) => channel.Intercept(metadata =>
    {
        metadata.Add("authorization", "Bearer " + key);
        return metadata;
    });

    /// <summary>What its HTTP port answers to GET.</summary>
    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri($"http://127.0.0.1:{HttpPort}{path}"));

    /// <summary>One figure of <c>/metrics</c>: the sum over all series whose line begins with <paramref name="prefix"/>.</summary>
    public async Task<double> MetricAsync(string prefix) =>
        (await GetAsync("/metrics")).Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Kills it at once, as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until it has ended; gives its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
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
        _http.Dispose();
        _scratch.Delete(recursive: true);
    }

    private static string Program(string? checkout)
    {
        string[] places =
        [
            .. checkout is null ? [Path.Combine(AppContext.BaseDirectory, "facevoice.dll")] : Array.Empty<string>(),
            Path.Combine(checkout ?? RepositoryPaths.Root, "src", "FaceVoice.Cli", "bin", "Release", "net10.0", "facevoice.dll"),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The command line is not built, {places[^1]} is missing: run tools/setup.");
    }

    private static double ThreadNanoseconds(string thread)
    {
        try
        {
            var nanoseconds = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0];
            return double.Parse(nanoseconds, System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended meanwhile
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }

    private async Task WaitUntilReadyAsync(string ports)
    {
        var started = Stopwatch.GetTimestamp();
        while (!File.Exists(ports) || !await IsReadyAsync(ports))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException($"The server did not become ready:{Environment.NewLine}{Log}");
            }

            await Task.Delay(50);
        }
    }

    private async Task<bool> IsReadyAsync(string ports)
    {
        if (HttpPort == 0)
        {
            var bound = JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(ports))!;
            (GrpcPort, HttpPort) = (bound["grpc_port"], bound["http_port"]);
        }

        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/readyz"));
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
