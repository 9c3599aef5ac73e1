using Grpc.AspNetCore.Server.Internal;
using Microsoft.AspNetCore.Http;

#pragma warning disable IDE0130 // The namespace is that of the official package.
namespace Grpc.Core;

/// <summary>Leads from a gRPC call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request that carries the call.</summary>
    /// <exception cref="InvalidOperationException">The call does not run on this server, as in a unit test.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) => serverCallContext is ServerCall call
        ? call.Http
        : throw new InvalidOperationException("This call is not carried by HTTP.");
}
