using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Writes one message as a frame to a destination: in place when its length is announced and nothing is compressed, else by way of a pooled
/// buffer, because the length comes first. Used for one message at a time; not thread-safe.
/// </summary>
internal sealed class FrameWriter(int? maxMessageSize) : SerializationContext
{
    private IBufferWriter<byte>? _destination;
    private PooledBuffer? _buffer;
    private int? _announced;
    private CompressionLevel? _compression;
    private bool _completed;

    /// <summary>Writes a message.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than the limit; nothing is written then.</exception>
    public void Write<T>(IBufferWriter<byte> destination, T message, Action<T, SerializationContext> serialize, CompressionLevel? compression)
    {
        (_destination, _compression, _announced, _completed) = (destination, compression, null, false);
        try
        {
            serialize(message, this);
            if (!_completed)
            {
                throw new InvalidOperationException("The serializer did not complete the message.");
            }
        }
        finally
        {
            _destination = null;
            _buffer?.Dispose();
            _buffer = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckSize(payloadLength);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_announced is not { } length || _compression is not null)
        {
            return _buffer ??= new PooledBuffer(_announced ?? 1024);
        }

        WriteHeader(0, length);
        return _destination!;
    }

    public override void Complete()
    {
        _completed = true;
        if (_buffer is not null)
        {
            WriteFrame(_buffer.WrittenSpan);
        }
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        _completed = true;
        WriteFrame(payload);
    }

    private void WriteFrame(ReadOnlySpan<byte> payload)
    {
        CheckSize(payload.Length);
        if (_compression is not { } level)
        {
            WriteHeader(0, payload.Length);
            _destination!.Write(payload);
            return;
        }

        using var compressed = new PooledBuffer();
        GzipCodec.Compress(payload, compressed, level);
        WriteHeader(FrameHeader.Compressed, compressed.Length);
        _destination!.Write(compressed.WrittenSpan);
    }

    private void WriteHeader(byte flag, int length)
    {
        FrameHeader.Write(_destination!.GetSpan(FrameHeader.Size), flag, length);
        _destination.Advance(FrameHeader.Size);
    }

    private void CheckSize(int length)
    {
        if (length > maxMessageSize)
        {
            throw MessageLimit.Exceeded(MessageLimit.Sent, length, maxMessageSize.Value);
        }
    }
}
