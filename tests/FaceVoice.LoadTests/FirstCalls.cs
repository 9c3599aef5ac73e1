using System.Diagnostics;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.LoadTests;

/// <summary>
/// The very first call of servers that say they are ready, beside the hundredth: each server is asked for one kind alone, as after
/// another kind half of the way is known
/// already. All servers of one build have the same index, in which some are enrolled.
/// </summary>
internal sealed class FirstCalls : IDisposable
{
    private const int Calls = 110;
    private const int Last = 20;

    private readonly string _checkout;
    private readonly LoadMedia _media;
    private readonly TemporaryFolder _index = new();
    private int _run;

    private FirstCalls(string checkout, LoadMedia media) => (_checkout, _media) = (checkout, media);

    /// <summary>Gets how many calls failed.</summary>
    public int Failed { get; private set; }

    /// <summary>
    /// Enrols some, and lets this program make every kind of call once: what it compiles itself is none of the server's business.
    /// </summary>
    /// <param name="checkout">The folder of the build.</param>
    /// <param name="media">What the calls hold.</param>
    public static async Task<FirstCalls> PrepareAsync(string checkout, LoadMedia media)
    {
        var first = new FirstCalls(checkout, media);
        await using var server = await first.StartAsync();
        foreach (var name in CallKind.Names.Reverse())
        {
            using var caller = new Caller(server, CallKind.Of(name, media, "before"));
            await caller.InTurnAsync(50);
            first.Failed += caller.Failed;
        }

        return first;
    }

    /// <summary>
    /// A server with everything that it can have; without the cache, as a sample that comes again would be answered from it.
    /// </summary>
    public Task<ServerProcess> StartAsync() => ServerProcess.StartOfAsync(
        _checkout,
        "--model", Path.Combine(_checkout, "models", "starter"),
        "--index", _index.Path,
        "--set", "Work:CacheMegabytes=0",
        "--log-level", "Error");

    /// <summary>Starts a server and asks it for one kind.</summary>
    /// <param name="kind">The name of the kind.</param>
    /// <param name="further">What is measured with that server after it.</param>
    public async Task<FirstCall> MeasureAsync(string kind, Func<ServerProcess, Task>? further = null)
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await StartAsync();
        var (ready, cpu) = (Stopwatch.GetElapsedTime(started), server.ProcessorTime);
        using var caller = new Caller(server, CallKind.Of(kind, _media, $"run {++_run}"));
        await caller.ConnectAsync();
        var began = server.ThreadTime;
        var first = (await caller.InTurnAsync(1))[0];
        var firstCpu = server.ThreadTime - began;
        await caller.InTurnAsync(Calls - Last - 1);
        began = server.ThreadTime;
        var times = await caller.InTurnAsync(Last);
        var laterCpu = (server.ThreadTime - began) / Last;
        Failed += caller.Failed;
        if (further is not null)
        {
            await further(server);
        }

        var later = BuildComparison.Median(times);
        return new(ready.TotalSeconds, cpu.TotalSeconds, first, later, firstCpu.TotalMilliseconds, laterCpu.TotalMilliseconds);
    }

    public void Dispose() => _index.Dispose();
}

/// <summary>How a server began.</summary>
/// <param name="Ready">Seconds from its start until it was ready.</param>
/// <param name="ReadyCpu">Seconds of processor time that it took for it.</param>
/// <param name="First">Its first call, in milliseconds.</param>
/// <param name="Hundredth">The median of the twenty calls about the hundredth, in milliseconds.</param>
/// <param name="FirstCpu">What the first took of the server's processor time, in milliseconds: on a busy machine it tells more.</param>
/// <param name="HundredthCpu">What each of the twenty took.</param>
internal sealed record FirstCall(double Ready, double ReadyCpu, double First, double Hundredth, double FirstCpu, double HundredthCpu)
{
    public double Ratio => First / Hundredth;

    public double CpuRatio => FirstCpu / HundredthCpu;
}
