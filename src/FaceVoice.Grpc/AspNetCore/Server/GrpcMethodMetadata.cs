using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Stands on the endpoint of a gRPC method: which service and which method it is.</summary>
public sealed class GrpcMethodMetadata
{
    internal GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ServiceType = serviceType;
        Method = method;
    }

    /// <summary>Gets the class that implements the service.</summary>
    public Type ServiceType { get; }

    /// <summary>Gets the method.</summary>
    public IMethod Method { get; }
}
