using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Puts interceptors before a handler, once per method.</summary>
internal sealed class InterceptorChain(IReadOnlyList<Interceptor> outermostFirst)
{
    public UnaryServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => outermostFirst.Reverse().Aggregate(
            handler, (inner, interceptor) => (request, context) => interceptor.UnaryServerHandler(request, context, inner));

    public ClientStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => outermostFirst.Reverse().Aggregate(
            handler, (inner, interceptor) => (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, inner));

    public ServerStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => outermostFirst.Reverse().Aggregate(
            handler, (inner, interceptor) => (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, inner));

    public DuplexStreamingServerMethod<TRequest, TResponse> Around<TRequest, TResponse>(DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => outermostFirst.Reverse().Aggregate(
            handler, (inner, interceptor) => (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, inner));
}
