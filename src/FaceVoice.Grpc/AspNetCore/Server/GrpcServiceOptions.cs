using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>How the services of a server take and give messages.</summary>
public class GrpcServiceOptions
{
    /// <summary>Gets or sets the largest message that is taken, in bytes, before and after inflating; null for no limit.</summary>
    /// <value>The default is 4 MiB.</value>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets the largest message that is sent, in bytes; null for no limit.</summary>
    /// <value>The default is null.</value>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Gets or sets whether callers are told the message of an exception that is not an <see cref="Core.RpcException"/>.</summary>
    /// <value>The default is null, which means no.</value>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Gets or sets what responses are compressed with, where the caller accepts it: <c>gzip</c>, or null for nothing.</summary>
    /// <value>The default is null.</value>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Gets or sets how hard responses are compressed.</summary>
    /// <value>The default is null, which means <see cref="CompressionLevel.Fastest"/>.</value>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Gets the interceptors, outermost first.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
