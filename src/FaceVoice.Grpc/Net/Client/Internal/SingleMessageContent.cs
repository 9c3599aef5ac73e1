using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

/// <summary>The body of a call with one request. Serialised at once, so that the caller may change the message when the call has begun.</summary>
internal sealed class SingleMessageContent<TRequest> : HttpContent
{
    private readonly PooledBuffer _frame = new();

    public SingleMessageContent(TRequest request, Action<TRequest, SerializationContext> serialize, int? maxSize, CompressionLevel? compression)
    {
        try
        {
            new FrameWriter(maxSize).Write(_frame, request, serialize, compression);
        }
        catch
        {
            _frame.Dispose();
            throw;
        }

        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_frame.WrittenMemory, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false; // gRPC sends no content-length
    }
}
