using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FaceVoice.Server.Middleware;

/// <summary>The status of a gRPC call as it stands in a response.</summary>
internal static class GrpcAnswer
{
    /// <summary>The trailer that says, in milliseconds, when trying again makes sense.</summary>
    public const string RetryAfter = "retry-after-ms";

    /// <summary>How long the rest of a request that was refused is waited for: as long as Kestrel itself keeps a stream for it.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answers a request before its handler has seen it: status in the headers, no body. Of a single message what is still to come is
    /// then read and thrown away.
    /// </summary>
    /// <remarks>
    /// Kestrel resets a stream that ends before its request has, and keeps it for five seconds among the streams of its connection. Where
    /// a few hundred calls a second are
    /// refused, these are soon more than twice the streams that a connection may have: Kestrel then ends it with ENHANCE_YOUR_CALM, and
    /// all calls on it with it.
    /// </remarks>
    public static async Task RefuseAsync(HttpContext http, MethodType kind, Status status, TimeSpan? retryAfter = null)
    {
        var response = http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = http.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ? type : "application/grpc";
        Write(response.Headers, status);
        if (retryAfter is { } wait)
        {
            response.Headers[RetryAfter] = RetryHint(wait);
        }

        if (kind == MethodType.Unary && HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            await response.CompleteAsync();
            await SkipAsync(http);
        }
    }

    /// <summary>
    /// Puts another status in place of the one that a call ended with; nothing of it has been sent before the pipeline is done.
    /// </summary>
    public static void Replace(HttpContext http, ServerCallContext call, Status status)
    {
        call.Status = status;
        if (!http.Response.HasStarted)
        {
            Write(http.Response.Headers, status);
        }
        else if (http.Features.Get<IHttpResponseTrailersFeature>() is { Trailers: { IsReadOnly: false } trailers })
        {
            Write(trailers, status);
        }
    }

    /// <summary>The status of a call that has ended; null if there is none, as its caller had left before it began.</summary>
    public static StatusCode? StatusOf(HttpContext http) =>
        http.Features.Get<IServerCallContextFeature>() is { ServerCallContext: { } call } ? call.Status.StatusCode
        : int.TryParse(http.Response.Headers.GrpcStatus.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code
        : null;

    public static string RetryHint(TimeSpan wait) => ((long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static async Task SkipAsync(HttpContext http)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(LongestRest);
        try
        {
            var body = http.Request.BodyReader;
            ReadResult read;
            do
            {
                read = await body.ReadAsync(patience.Token);
                body.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller has heard the answer, and keeps the rest to itself; or it sends more than the server takes, or too slowly.
        }
    }

    private static void Write(IHeaderDictionary headers, Status status)
    {
        headers.GrpcStatus = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        headers.GrpcMessage = PercentEncode(status.Detail);
    }

    /// <summary>Text as <c>grpc-message</c> carries it: Kestrel answers HTTP 500 if a header is not ASCII.</summary>
    private static string PercentEncode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            _ = value is >= (byte)' ' and <= (byte)'~' and not (byte)'%' ? encoded.Append((char)value) : encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return encoded.ToString();
    }
}
