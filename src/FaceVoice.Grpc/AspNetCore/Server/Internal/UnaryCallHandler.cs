using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>One request, one response.</summary>
internal sealed class UnaryCallHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
    : CallHandler<TRequest, TResponse>(context, method)
    where TRequest : class
    where TResponse : class
{
    protected override bool StreamsRequests => false;

    protected override async Task InvokeAsync(HttpContext http, ServerCall call)
    {
        var request = await ReadSingleAsync(call).ConfigureAwait(false);
        var response = await handler(request, call).ConfigureAwait(false);
        await WriteSingleAsync(call, response).ConfigureAwait(false);
    }
}
