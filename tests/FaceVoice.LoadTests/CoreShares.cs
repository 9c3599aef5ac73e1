using System.Diagnostics;
using System.Globalization;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.LoadTests;

/// <summary>What the server, and what those who call it, take of the cores from here on: they share them.</summary>
internal sealed class CoreShares(ServerProcess server)
{
    private readonly TimeSpan _server = server.ProcessorTime;
    private readonly TimeSpan _callers = Environment.CpuUsage.TotalTime;
    private readonly long _started = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public LoopResult End(int sent, int answered)
    {
        var seconds = Elapsed.TotalSeconds;
        var callers = Environment.CpuUsage.TotalTime - _callers;
        return new(sent / seconds, answered / seconds, (server.ProcessorTime - _server).TotalSeconds / seconds, callers.TotalSeconds / seconds);
    }
}

/// <summary>What a loop of calls gave.</summary>
/// <param name="Offered">Calls made, a second.</param>
/// <param name="Answered">Calls answered, a second.</param>
/// <param name="ServerCores">Cores that the server took.</param>
/// <param name="CallerCores">Cores that the callers took.</param>
internal sealed record LoopResult(double Offered, double Answered, double ServerCores, double CallerCores)
{
    /// <summary>
    /// Gets the answers for a second of the server's processor time: what its callers, and other programs, take of the cores is taken
    /// off. Calls that are refused are not.
    /// </summary>
    public double AnsweredPerCpuSecond => Answered / ServerCores;

    /// <summary>Who took the cores.</summary>
    public string Shares => string.Create(
        CultureInfo.InvariantCulture,
        $"of the cores the server took {ServerCores / Environment.ProcessorCount:P0}, its callers {CallerCores / Environment.ProcessorCount:P0}");
}
