using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Makes an endpoint of each method of a service. Bound with no implementation, the generated code tells only which methods there are; each
/// call then finds its own service, and the attributes of the overriding method become metadata of the endpoint.
/// </summary>
internal sealed class ServiceMapper<TService>(
    IEndpointRouteBuilder endpoints, GrpcServiceOptions options, InterceptorChain interceptors, TimeProvider time, ILogger logger) : ServiceBinderBase
    where TService : class
{
    public List<IEndpointConventionBuilder> Endpoints { get; } = [];

    public string? ServiceName { get; private set; }

    public void Bind()
    {
        var attribute = BindAttribute();
        var bind = attribute.BindType.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(m => m.Name == attribute.BindMethodName && m.GetParameters() is [var binder, _] && binder.ParameterType == typeof(ServiceBinderBase))
            ?? throw new InvalidOperationException($"{attribute.BindType} has no method {attribute.BindMethodName}(ServiceBinderBase, ...).");
        bind.Invoke(null, [this, null]);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (target, call) = Open<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method, typeof(TRequest), typeof(ServerCallContext));
        Map(method, target, new UnaryCallHandler<TRequest, TResponse>(Context(method), method, interceptors.Around<TRequest, TResponse>(
            (request, context) => ServiceActivator<TService>.InvokeAsync(context, service => call(service, request, context)))));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (target, call) = Open<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        Map(method, target, new ClientStreamingCallHandler<TRequest, TResponse>(Context(method), method, interceptors.Around<TRequest, TResponse>(
            (requests, context) => ServiceActivator<TService>.InvokeAsync(context, service => call(service, requests, context)))));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (target, call) = Open<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Map(method, target, new ServerStreamingCallHandler<TRequest, TResponse>(Context(method), method, interceptors.Around<TRequest, TResponse>(
            (request, responses, context) => ServiceActivator<TService>.InvokeAsync(context, service => call(service, request, responses, context)))));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (target, call) = Open<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Map(method, target, new DuplexStreamingCallHandler<TRequest, TResponse>(Context(method), method, interceptors.Around<TRequest, TResponse>(
            (requests, responses, context) => ServiceActivator<TService>.InvokeAsync(context, service => call(service, requests, responses, context)))));
    }

    private static BindServiceMethodAttribute BindAttribute()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return attribute;
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} does not derive from a generated gRPC service base.");
    }

    private static (MethodInfo Target, TDelegate Call) Open<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        var target = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method {method.Name} for {method.FullName}.");
        return (target, target.CreateDelegate<TDelegate>());
    }

    private MethodContext Context(IMethod method) => new(method, options, time, logger);

    private void Map<TRequest, TResponse>(Method<TRequest, TResponse> method, MethodInfo target, CallHandler<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        ServiceName = method.ServiceName;
        var endpoint = endpoints.MapPost(method.FullName, (RequestDelegate)handler.HandleAsync).WithDisplayName($"gRPC - {method.FullName}");
        endpoint.Add(builder =>
        {
            foreach (var attribute in typeof(TService).GetCustomAttributes(inherit: true).Concat(target.GetCustomAttributes(inherit: true)))
            {
                builder.Metadata.Add(attribute);
            }

            builder.Metadata.Add(new GrpcMethodMetadata(typeof(TService), method));
        });
        Endpoints.Add(endpoint);
    }
}
