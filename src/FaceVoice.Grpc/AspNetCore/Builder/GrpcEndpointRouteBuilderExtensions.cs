using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Internal;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // The namespace is that of the official package, so that Program files need no other using.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps each method of a service to <c>POST /package.Service/Method</c>.</summary>
    /// <typeparam name="TService">Derives from a generated base. Taken from the services of the application, or made per call.</typeparam>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was not called, or the type is no gRPC service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.ServiceProvider;
        _ = services.GetService<GrpcMarker>() ?? throw new InvalidOperationException("Call AddGrpc on the services of the application first.");

        var options = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var interceptors = options.Interceptors
            .Select(type => (Interceptor)(services.GetService(type) ?? ActivatorUtilities.CreateInstance(services, type)))
            .ToList();
        var mapper = new ServiceMapper<TService>(
            builder,
            options,
            new InterceptorChain(interceptors),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler"));
        mapper.Bind();
        if (mapper.ServiceName is { } name)
        {
            UnimplementedEndpoints.MapMethod(builder, name);
        }

        UnimplementedEndpoints.MapService(builder);
        return new GrpcServiceEndpointConventionBuilder(mapper.Endpoints);
    }
}
