using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>What status a failure of the connection becomes.</summary>
internal static class TransportErrors
{
    public static Status ToStatus(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol)
            {
                return new Status(FromHttp2(protocol.ErrorCode), $"The stream was reset by the server (HTTP/2 error {protocol.ErrorCode}).", exception);
            }
        }

        return exception is OperationCanceledException
            ? new Status(StatusCode.Cancelled, "The call was cancelled.", exception)
            : new Status(StatusCode.Unavailable, $"The connection to the server failed: {exception.Message}", exception);
    }

    /// <summary>The table of the gRPC specification.</summary>
    private static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
