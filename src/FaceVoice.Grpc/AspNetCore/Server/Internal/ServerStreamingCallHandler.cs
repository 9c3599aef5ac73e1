using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingCallHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
    : CallHandler<TRequest, TResponse>(context, method)
    where TRequest : class
    where TResponse : class
{
    protected override bool StreamsRequests => false;

    protected override async Task InvokeAsync(HttpContext http, ServerCall call)
    {
        var request = await ReadSingleAsync(call).ConfigureAwait(false);
        await handler(request, new ResponseStreamWriter<TResponse>(call, Serialize), call).ConfigureAwait(false);
    }
}
