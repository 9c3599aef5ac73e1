using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Many requests, many responses.</summary>
internal sealed class DuplexStreamingCallHandler<TRequest, TResponse>(
    MethodContext context, Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
    : CallHandler<TRequest, TResponse>(context, method)
    where TRequest : class
    where TResponse : class
{
    protected override bool StreamsRequests => true;

    protected override Task InvokeAsync(HttpContext http, ServerCall call) =>
        handler(new RequestStreamReader<TRequest>(call, Deserialize), new ResponseStreamWriter<TResponse>(call, Serialize), call);
}
