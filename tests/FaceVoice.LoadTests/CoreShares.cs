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

    public override string ToString()
    {
        var cores = Stopwatch.GetElapsedTime(_started) * Environment.ProcessorCount;
        return string.Create(CultureInfo.InvariantCulture, $"of the cores the server took {(server.ProcessorTime - _server) / cores:P0}, its callers {(Environment.CpuUsage.TotalTime - _callers) / cores:P0}");
    }
}
