using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Observability;
using FaceVoice.Server.WarmUp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Hosting;

/// <summary>Loads the model and the index while the ports are open already, and says so when the server is ready.</summary>
internal sealed class EngineLoader(
    Func<CancellationToken, Task<LoadedEngine>> load,
    WarmUpCalls warmUp,
    EngineHolder holder,
    Readiness readiness,
    ServiceMetrics metrics,
    IHostApplicationLifetime lifetime,
    ILogger<EngineLoader> logger) : BackgroundService
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _samples;

    /// <summary>Gets a task that ends when calls are taken, or fails as the loading failed.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        readiness.Set(false);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var loaded = await Task.Run(() => load(stoppingToken), stoppingToken);
            await warmUp.RunAsync(loaded, stoppingToken);
            Observe(loaded);
            readiness.Set(true);
            Log.Ready(logger, loaded.Engine.Manifest.ModelId, Stopwatch.GetElapsedTime(started).TotalSeconds);
            _ready.SetResult();
        }
        catch (Exception e)
        {
            _ready.TrySetException(e);
            _ = _ready.Task.Exception;

            // Not before the ports are open: a server that is stopped while it starts tells of the cancelled start, not of what went wrong.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            return;
        }

        await CountAsync(stoppingToken);
    }

    private void Observe(LoadedEngine loaded)
    {
        var modelId = new KeyValuePair<string, object?>("model_id", loaded.Engine.Manifest.ModelId);
        metrics.Observe("facevoice.model.info", "{model}", "The model that is served.", () => new Measurement<double>(1, modelId));
        metrics.Observe("facevoice.process.memory", "By", "Memory of the process.", () => new Measurement<double>(Environment.WorkingSet));
        if (loaded.Index is not null)
        {
            metrics.Observe("facevoice.index.samples", "{sample}", "Samples in the index, counted every quarter of a minute.", () => new Measurement<double>(Volatile.Read(ref _samples)));
        }
    }

    private async Task CountAsync(CancellationToken stoppingToken)
    {
        if (holder.LoadedOrNull?.Index is not { } index)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(15));
        try
        {
            do
            {
                try
                {
                    Volatile.Write(ref _samples, await index.CountAsync(cancellationToken: stoppingToken));
                }
                catch (Exception e) when (e is FaceVoice.Index.IndexException)
                {
                    Log.IndexNotCounted(logger, e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
