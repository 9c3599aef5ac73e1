using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.Middleware;

/// <summary>Middleware answers in the terms of HTTP; for gRPC callers those become a gRPC status.</summary>
internal sealed class HttpStatusMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        if (!http.Response.HasStarted && HttpProtocol.IsHttp2(http.Request.Protocol)
            && http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
            && Map(http.Response.StatusCode) is { } code)
        {
            GrpcAnswer.Write(http, code, $"Refused with HTTP status {http.Response.StatusCode}.");
        }
    }

    private static StatusCode? Map(int http) => http switch
    {
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.Unimplemented,
        StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => StatusCode.Unavailable,
        _ => null,
    };
}
