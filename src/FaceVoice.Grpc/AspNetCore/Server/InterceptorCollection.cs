using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>Interceptor types, outermost first. Each is made once, from the services of the application, when its service is mapped.</summary>
public class InterceptorCollection : Collection<Type>
{
    /// <summary>Adds an interceptor.</summary>
    [SuppressMessage("Design", "CA1004:Generic methods should provide type parameter", Justification = "The signature is that of the gRPC API.")]
    public void Add<TInterceptor>()
        where TInterceptor : Interceptor => Add(typeof(TInterceptor));
}
