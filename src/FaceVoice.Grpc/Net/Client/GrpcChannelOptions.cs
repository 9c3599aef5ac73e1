using System.IO.Compression;

namespace Grpc.Net.Client;

/// <summary>How a channel reaches its server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Gets or sets what carries the calls, for instance a <see cref="SocketsHttpHandler"/> with TLS options.</summary>
    /// <value>The default is null: the channel makes its own.</value>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Gets or sets whether the channel disposes <see cref="HttpHandler"/> with itself.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Gets or sets the largest message that is taken, in bytes, before and after inflating; null for no limit.</summary>
    /// <value>The default is 4 MiB.</value>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets or sets the largest message that is sent, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Gets or sets how hard requests are compressed where a call asks for it.</summary>
    public CompressionLevel CompressionLevel { get; set; } = CompressionLevel.Fastest;
}
