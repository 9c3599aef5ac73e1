using System.Diagnostics;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Access;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Observability;
using FaceVoice.Server.WarmUp;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Middleware;

/// <summary>
/// Stands before every gRPC call, before a byte of its body is read: keys, rates, room in the queue, the number of calls at once,
/// readiness and the cap on its time.
/// Health and reflection are open to everybody.
/// </summary>
internal sealed class GuardMiddleware(
    RequestDelegate next,
    ServiceSettings settings,
    EngineHolder holder,
    Readiness readiness,
    OpenCalls calls,
    ServiceMetrics metrics,
    ILogger<GuardMiddleware> logger,
    ApiKeyStore? keys = null)
{
    /// <summary>
    /// Methods of which every request needs a place in the queue: where there is none, its media need not be read. Of the others some
    /// bring embeddings alone, and streams wait.
    /// </summary>
    private static readonly HashSet<string> NeedWorker =
    [
        $"/{EmbeddingService.Descriptor.FullName}/{nameof(EmbeddingService.EmbeddingServiceBase.EmbedFace)}",
        $"/{EmbeddingService.Descriptor.FullName}/{nameof(EmbeddingService.EmbeddingServiceBase.EmbedVoice)}",
    ];

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { } method)
        {
            await next(http);
            return;
        }

        if (WarmUpTransport.IsOf(http))
        {
            CapDeadline(http, method.Method.Type);
            http.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
            await next(http);
            return;
        }

        if (IsOpen(method.Method.ServiceName))
        {
            await RunOpenAsync(http, method);
            return;
        }

        if (settings.Listen.CertificateFile is not null && !http.Request.IsHttps)
        {
            await RefuseAsync(http, method, StatusCode.Unauthenticated, "This port has no TLS: call the gRPC port.");
            return;
        }

        ApiClient? client = null;
        if (keys is not null && (client = Authenticate(http, keys)) is null)
        {
            await RefuseAsync(
                http,
                method,
                StatusCode.Unauthenticated,
                "A valid API key is needed in the metadata: \"authorization: Bearer KEY\" or \"x-api-key: KEY\".");
        }
        else if (!readiness.IsReady)
        {
            await RefuseAsync(
                http, method, StatusCode.Unavailable, "The server is not ready: it is warming up or shutting down.", TimeSpan.FromSeconds(1));
        }
        else if (NeedWorker.Contains(method.Method.FullName) && holder.LoadedOrNull?.Engine.RefuseIfFull() is { } full)
        {
            await RefuseAsync(http, method, StatusCode.ResourceExhausted, full.Message, full.RetryAfter);
        }
        else if (!calls.TryEnter(settings.Limits.MaxConcurrentCalls))
        {
            await RefuseAsync(
                http,
                method,
                StatusCode.ResourceExhausted,
                $"The server runs {settings.Limits.MaxConcurrentCalls} calls, the most that it takes at once.",
                TimeSpan.FromMilliseconds(100));
        }
        else
        {
            await RunAsync(http, method, client);
        }
    }

    private static bool IsOpen(string service) => service.StartsWith("grpc.health.", StringComparison.Ordinal) || service.StartsWith("grpc.reflection.", StringComparison.Ordinal);

    private static ApiClient? Authenticate(HttpContext http, ApiKeyStore keys)
    {
        const string bearer = "Bearer ";
        var authorization = http.Request.Headers.Authorization.ToString();
        var key = authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? authorization[bearer.Length..].Trim() : http.Request.Headers["x-api-key"].ToString();
        return key.Length is > 0 and <= 256 ? keys.Find(key) : null;
    }

    /// <summary>
    /// Health and reflection. Their streams stay as long as their callers like and need no key: there are only so many. Single health
    /// checks are never refused.
    /// </summary>
    private async Task RunOpenAsync(HttpContext http, GrpcMethodMetadata method)
    {
        if (method.Method.Type == MethodType.Unary)
        {
            await next(http);
            return;
        }

        if (!calls.TryEnterStream(settings.Limits.MaxConcurrentCalls))
        {
            await RefuseAsync(
                http,
                method,
                StatusCode.ResourceExhausted,
                $"The server keeps {settings.Limits.MaxConcurrentCalls} streams of health and reflection open, the most that it takes at once.",
                TimeSpan.FromSeconds(1));
            return;
        }

        try
        {
            await next(http);
        }
        finally
        {
            calls.LeaveStream();
        }
    }

    private async Task RunAsync(HttpContext http, GrpcMethodMetadata method, ApiClient? client)
    {
        if (client is not null && !client.TryEnter(out var retryAfter, out var reason))
        {
            calls.Leave(); // first: the refusal may wait for the rest of the request
            await RefuseAsync(http, method, StatusCode.ResourceExhausted, $"Too many calls: {reason}.", retryAfter);
            return;
        }

        CapDeadline(http, method.Method.Type);
        var started = Stopwatch.GetTimestamp();
        metrics.CallStarted(method.Method);
        try
        {
            await next(http);
        }
        finally
        {
            client?.Leave();
            Ended(http, method, client?.Name ?? "anonymous", Stopwatch.GetElapsedTime(started));
            calls.Leave();
        }
    }

    /// <summary>The cap travels as the deadline of the call itself: one mechanism for both.</summary>
    private void CapDeadline(HttpContext http, MethodType type)
    {
        var cap = TimeSpan.FromSeconds(type == MethodType.Unary ? settings.Limits.MaxCallSeconds : settings.Limits.MaxStreamSeconds);
        http.Request.Headers.GrpcTimeout = CallDeadline.Within(cap, http.Request.Headers.GrpcTimeout);
    }

    private void Ended(HttpContext http, GrpcMethodMetadata method, string client, TimeSpan duration)
    {
        var status = (int)(GrpcAnswer.StatusOf(http) ?? StatusCode.Cancelled);
        metrics.CallEnded(method.Method, status, duration);
        Log.Call(logger, method.Method.FullName, client, status, duration.TotalMilliseconds);
    }

    private Task RefuseAsync(HttpContext http, GrpcMethodMetadata method, StatusCode code, string message, TimeSpan? retryAfter = null)
    {
        metrics.CallRefused(method.Method, (int)code);
        return GrpcAnswer.RefuseAsync(http, method.Method.Type, new Status(code, message), retryAfter);
    }
}
