using System.Net;
using FaceVoice.Models.Sessions;
using FaceVoice.Server.Configuration;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Hosting;
using FaceVoice.Server.Middleware;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server;

/// <summary>The server: gRPC on one port, probes, metrics and gRPC-Web on another.</summary>
public sealed class FaceVoiceServer : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LastFrames = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly ServiceSettings _settings;
    private int _stopped;

    private FaceVoiceServer(WebApplication application, ServiceSettings settings)
    {
        (_application, _settings) = (application, settings);
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToList();
        GrpcPort = new Uri(addresses[0].Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        HttpPort = new Uri(addresses[1].Replace("[::]", "localhost", StringComparison.Ordinal)).Port; // the third is the warm-up's
    }

    /// <summary>Gets the port of gRPC.</summary>
    public int GrpcPort { get; }

    /// <summary>Gets the port of probes, metrics and gRPC-Web.</summary>
    public int HttpPort { get; }

    /// <summary>
    /// Gets a task that ends when the model is loaded and warmed up, or fails as the loading failed; the server stops then.
    /// </summary>
    public Task Ready => _application.Services.GetRequiredService<EngineLoader>().Ready;

    /// <summary>Opens the ports and begins to load the model.</summary>
    /// <param name="settings">Checked settings, as from <see cref="ServiceConfiguration.Load"/>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidSettingsException">A file that the settings name cannot be used.</exception>
    /// <exception cref="IOException">A port is taken, or a file is missing.</exception>
    public static Task<FaceVoiceServer> StartAsync(ServiceSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SettingsCheck.RequireFiles(settings);
        var model = settings.Model ?? throw new InvalidSettingsException("Model is empty; the folder of a model bundle is needed.");
        var index = ConfiguredIndex.Read(settings);
        return StartAsync(settings, model, index, cancellationToken);
    }

    /// <summary>Waits until the server is told to stop, by the token or by a failure to load; then lets open calls end.</summary>
    /// <exception cref="Exception">The model or the index could not be loaded.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var lifetime = _application.Services.GetRequiredService<IHostApplicationLifetime>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Token.UnsafeRegister(static s => ((TaskCompletionSource)s!).SetResult(), stopped))
        {
            await stopped.Task;
        }

        await StopAsync();
        if (Ready.IsFaulted)
        {
            await Ready;
        }
    }

    /// <summary>Takes no more calls, lets open ones end for as long as the settings allow, and closes the index.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        Log.Draining(Logger(), _settings.Work.DrainSeconds);
        _application.Services.GetRequiredService<Readiness>().Set(false);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(_settings.Work.DrainSeconds));
        var stopping = _application.StopAsync(patience.Token);
        await LetCallsEndAsync(stopping, patience);
        await stopping;
        if (_application.Services.GetRequiredService<EngineHolder>().LoadedOrNull is { } loaded)
        {
            await loaded.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _application.DisposeAsync();
    }

    /// <summary>
    /// Loads the networks while the host is put together: both are mostly compiled code's first run, and there are several cores.
    /// </summary>
    private static async Task<FaceVoiceServer> StartAsync(ServiceSettings settings, string model, ConfiguredIndex? index, CancellationToken cancellationToken)
    {
        var stop = new CancellationTokenSource();
        var loading = Task.Run(() => ServedEngine.Load(model, settings, stop.Token), CancellationToken.None);
        try
        {
            return await StartAsync(settings, LoadAsync, cancellationToken);
        }
        catch
        {
            await stop.CancelAsync();
            _ = loading.ContinueWith(loaded => loaded.Result.DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }

        async Task<LoadedEngine> LoadAsync(IServiceProvider services, CancellationToken token)
        {
            Log.EncodersRunOn(services.GetRequiredService<ILogger<FaceVoiceServer>>(), CudaSupport.Describe(CudaSupport.Resolve(settings.Work.Device)));
            await using var stopping = token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), stop);
            var engine = await loading;
            try
            {
                var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("FaceVoice.Index");
                return new LoadedEngine(engine, index is null ? null : await index.OpenAsync(engine.Manifest, logger, token), index);
            }
            catch
            {
                await engine.DisposeAsync();
                throw;
            }
        }
    }

    internal static async Task<FaceVoiceServer> StartAsync(
        ServiceSettings settings, Func<IServiceProvider, CancellationToken, Task<LoadedEngine>> load, CancellationToken cancellationToken)
    {
        var application = ServerBuilder.Build(settings, load);
        try
        {
            await application.StartAsync(cancellationToken);
            var server = new FaceVoiceServer(application, settings);
            await server.AnnounceAsync(cancellationToken);
            return server;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Kestrel waits for the callers to close their connections, also for those who hear nothing and never will. Once no call is left there
    /// is nothing to wait
    /// for but the last frames on their way, and that their callers close.
    /// </summary>
    private async Task LetCallsEndAsync(Task stopping, CancellationTokenSource patience)
    {
        var calls = _application.Services.GetRequiredService<OpenCalls>();
        while (!calls.IsIdle && !patience.IsCancellationRequested)
        {
            await Task.WhenAny(stopping, Task.Delay(LookAgain));
        }

        if (!stopping.IsCompleted && !patience.IsCancellationRequested)
        {
            await Task.WhenAny(stopping, Task.Delay(LastFrames));
            await patience.CancelAsync();
        }
    }

    private ILogger Logger() => _application.Services.GetRequiredService<ILogger<FaceVoiceServer>>();

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var listen = _settings.Listen;
        Log.Listening(Logger(), GrpcPort, HttpPort, listen.CertificateFile is not null);
        if (_settings.Access.ApiKeyFile is null && listen.ClientAuthorityFile is null
            && !(listen.Address == "localhost" || (IPAddress.TryParse(listen.Address, out var ip) && IPAddress.IsLoopback(ip))))
        {
            Log.OpenToAll(Logger(), listen.Address);
        }

        if (listen.PortsFile is { } file)
        {
            // Written beside and renamed: a script that waits for the file never reads half of it.
            await File.WriteAllTextAsync(file + ".new", $$"""{"grpc_port":{{GrpcPort}},"http_port":{{HttpPort}}}""", cancellationToken);
            File.Move(file + ".new", file, overwrite: true);
        }
    }
}
