namespace Grpc.Wire;

/// <summary>The header names of the gRPC protocol, in lower case.</summary>
internal static class GrpcHeader
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>In the metadata of a call or of response headers: compress with this. It never travels; the name is that of the official packages.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        Status, Message, Timeout, Encoding, AcceptEncoding, EncodingRequest,
        "content-type", "content-length", "te", "host", "accept-encoding", "transfer-encoding", "connection",
    };

    /// <summary>Whether a header belongs to the transport, not to the metadata of the call.</summary>
    public static bool IsReserved(string name) => name.Length == 0 || name[0] == ':' || Reserved.Contains(name);
}
