namespace Grpc.AspNetCore.Server.Internal;

/// <summary>How a call is laid over HTTP, as its content type says.</summary>
internal enum ContentProtocol
{
    /// <summary>Not gRPC.</summary>
    None,

    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,

    /// <summary>gRPC-Web: trailers are a last frame.</summary>
    Web,

    /// <summary>gRPC-Web in base64.</summary>
    WebText,
}
