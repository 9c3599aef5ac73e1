using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Reads messages from a body. One read at a time.</summary>
/// <param name="pipe">The body.</param>
/// <param name="maxMessageSize">Largest payload in bytes, before and after inflating; null for no limit.</param>
/// <param name="encoding">What <c>grpc-encoding</c> said; null where it said nothing.</param>
internal sealed class MessageReader(PipeReader pipe, int? maxMessageSize, string? encoding)
{
    private readonly SequencePayload _payload = new();

    /// <summary>Gets whether the last message came compressed.</summary>
    public bool WasCompressed { get; private set; }

    /// <summary>Reads the next message.</summary>
    /// <returns>Null at the end of the body.</returns>
    /// <exception cref="RpcException">INTERNAL: malformed. RESOURCE_EXHAUSTED: too large.</exception>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserialize, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The read was cancelled.");
            }

            var buffer = result.Buffer;
            T? message;
            SequencePosition? consumed;
            try
            {
                consumed = TryReadFrame(buffer, deserialize, out message);
                if (consumed is null && result.IsCompleted && !buffer.IsEmpty)
                {
                    throw Malformed("The body ended inside a message.");
                }
            }
            catch
            {
                pipe.AdvanceTo(buffer.End);
                throw;
            }

            if (consumed is { } end)
            {
                pipe.AdvanceTo(end);
                return message;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    private static RpcException Malformed(string detail, Exception? cause = null) => new(new Status(StatusCode.Internal, detail, cause));

    /// <returns>Where the frame ends; null while it is not complete.</returns>
    private SequencePosition? TryReadFrame<T>(in ReadOnlySequence<byte> buffer, Func<DeserializationContext, T> deserialize, out T? message)
        where T : class
    {
        message = null;
        if (!FrameHeader.TryRead(buffer, out var header))
        {
            return null;
        }

        if (header.Flag > FrameHeader.Compressed)
        {
            throw Malformed($"A message begins with the flag {header.Flag}; 0 and 1 are known.");
        }

        // Before waiting for the payload: a peer that announces too much is refused at once.
        if (header.Length > (maxMessageSize ?? int.MaxValue))
        {
            throw MessageLimit.Exceeded(MessageLimit.Received, header.Length, maxMessageSize ?? int.MaxValue);
        }

        if (buffer.Length - FrameHeader.Size < header.Length)
        {
            return null;
        }

        var payload = buffer.Slice(FrameHeader.Size, header.Length);
        WasCompressed = header.Flag == FrameHeader.Compressed;
        message = Deserialize(payload, deserialize);
        return payload.End;
    }

    private T Deserialize<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserialize)
    {
        if (!WasCompressed)
        {
            return Parse(payload, deserialize);
        }

        if (encoding is null or GzipCodec.Identity)
        {
            throw Malformed("A message is compressed, but grpc-encoding names no compression.");
        }

        if (encoding != GzipCodec.Name)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, $"grpc-encoding \"{encoding}\" is not supported; {GzipCodec.Accepted} are."));
        }

        using var inflated = new PooledBuffer((int)Math.Min(payload.Length * 3, 1 << 20) + 1);
        GzipCodec.Decompress(payload, inflated, maxMessageSize);
        return Parse(new ReadOnlySequence<byte>(inflated.WrittenMemory), deserialize);
    }

    private T Parse<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserialize)
    {
        _payload.Set(payload);
        try
        {
            return deserialize(_payload);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Malformed("A message could not be parsed.", e);
        }
        finally
        {
            _payload.Set(default);
        }
    }
}
