using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FaceVoice.Server.Middleware;

/// <summary>Answers a gRPC request before its handler has seen it: status in the headers, no body.</summary>
internal static class GrpcAnswer
{
    /// <summary>The trailer that says, in milliseconds, when trying again makes sense.</summary>
    public const string RetryAfter = "retry-after-ms";

    public static bool IsGrpc(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;

    public static void Write(HttpContext http, StatusCode code, string message, TimeSpan? retryAfter = null)
    {
        var response = http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = http.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ? type : "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = message; // plain ASCII throughout this project
        if (retryAfter is { } wait)
        {
            response.Headers[RetryAfter] = RetryHint(wait);
        }
    }

    /// <summary>The status that the transport sent; null where it sent none (the caller had left) or inside the body (gRPC-Web).</summary>
    public static int? StatusOf(HttpContext http)
    {
        var text = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers["grpc-status"] is { Count: > 0 } trailer ? trailer.ToString() : http.Response.Headers["grpc-status"].ToString();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;
    }

    public static string RetryHint(TimeSpan wait) => ((long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
}
