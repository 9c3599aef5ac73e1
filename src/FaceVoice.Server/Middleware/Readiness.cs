using FaceVoice.Protocol.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace FaceVoice.Server.Middleware;

/// <summary>Whether the server may take calls: asked by the guard, by <c>/readyz</c> and by gRPC's health service. Thread-safe.</summary>
internal sealed class Readiness(HealthServiceImpl health) : IHealthCheck
{
    private volatile bool _isReady;

    /// <summary>Gets the services that callers may ask about, beside the server as a whole.</summary>
    public static IReadOnlyList<string> Services { get; } =
        [EmbeddingService.Descriptor.FullName, MatchingService.Descriptor.FullName, IndexService.Descriptor.FullName, ModelService.Descriptor.FullName];

    public bool IsReady => _isReady;

    /// <summary>
    /// Changes the answer, and tells those who watch at once: the periodic publisher alone would leave them waiting for half a minute.
    /// </summary>
    public void Set(bool ready)
    {
        _isReady = ready;
        foreach (var service in Services.Prepend(""))
        {
            health.SetStatus(service, ready ? ServingStatus.Serving : ServingStatus.NotServing);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The server is warming up or shutting down."));
}

/// <summary>How many calls and open streams there are now, for the limits and for the end. Thread-safe.</summary>
internal sealed class OpenCalls
{
    private int _calls;
    private int _streams;

    /// <summary>Gets whether nothing is worked on.</summary>
    public bool IsIdle => Volatile.Read(ref _calls) == 0 && Volatile.Read(ref _streams) == 0;

    /// <summary>Takes a place among so many calls, until <see cref="Leave"/>.</summary>
    public bool TryEnter(int most) => TryEnter(ref _calls, most);

    public void Leave() => Interlocked.Decrement(ref _calls);

    /// <summary>The same for streams of health and reflection.</summary>
    public bool TryEnterStream(int most) => TryEnter(ref _streams, most);

    public void LeaveStream() => Interlocked.Decrement(ref _streams);

    private static bool TryEnter(ref int count, int most)
    {
        if (Interlocked.Increment(ref count) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }
}
