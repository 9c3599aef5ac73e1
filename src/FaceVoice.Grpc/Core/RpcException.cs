namespace Grpc.Core;

/// <summary>A call that ended with another status than OK. Thrown by a handler, it becomes the status of the call.</summary>
public class RpcException : Exception
{
    /// <summary>Makes an exception without trailers.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>Makes an exception with its own message.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>Makes an exception whose trailers travel to the caller.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>Makes an exception with trailers and its own message.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>Gets the status.</summary>
    public Status Status { get; }

    /// <summary>Gets the code of the status.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Gets the metadata that came, or goes, after the messages.</summary>
    public Metadata Trailers { get; }
}
