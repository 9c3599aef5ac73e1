using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Message compression. The only encodings are <c>identity</c> and <c>gzip</c>.</summary>
internal static class GzipCodec
{
    public const string Name = "gzip";
    public const string Identity = "identity";

    /// <summary>The value of <c>grpc-accept-encoding</c>.</summary>
    public const string Accepted = "identity,gzip";

    public static void Compress(ReadOnlySpan<byte> payload, PooledBuffer destination, CompressionLevel level)
    {
        using var sink = new BufferStream(destination);
        using var gzip = new GZipStream(sink, level);
        gzip.Write(payload);
    }

    /// <summary>Inflates into <paramref name="destination"/>, and stops as soon as it grows past the limit.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than the limit. INTERNAL: not gzip.</exception>
    public static void Decompress(in ReadOnlySequence<byte> payload, PooledBuffer destination, int? maxSize)
    {
        // Compressed messages are bounded by the same limit, so that this copy is bounded too.
        var compressed = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            payload.CopyTo(compressed);
            using var gzip = new GZipStream(new MemoryStream(compressed, 0, (int)payload.Length), CompressionMode.Decompress);
            int read;
            while ((read = gzip.Read(destination.GetSpan(4096))) > 0)
            {
                destination.Advance(read);
                if (destination.Length > maxSize)
                {
                    throw MessageLimit.Exceeded(MessageLimit.Received, null, maxSize.Value);
                }
            }
        }
        catch (InvalidDataException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A compressed message is not valid gzip."));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => buffer.Length;

        public override long Position
        {
            get => buffer.Length;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> source)
        {
            source.CopyTo(buffer.GetSpan(source.Length));
            buffer.Advance(source.Length);
        }
    }
}
