using Grpc.AspNetCore.Server.Internal;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Tells how a request travelled; the official packages have no counterpart.</summary>
public static class RequestCompressionExtensions
{
    /// <summary>Whether the last message that was read came compressed.</summary>
    public static bool WasRequestCompressed(this ServerCallContext context) => context is ServerCall { Requests.WasCompressed: true };
}
