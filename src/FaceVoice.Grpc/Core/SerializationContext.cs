using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is written to. Valid for one message, on one thread.</summary>
public abstract class SerializationContext
{
    /// <summary>Hands over a finished payload.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>The buffer to write the payload to, followed by <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Announces the length of the payload, in bytes, before <see cref="GetBufferWriter"/>: it can then be written in place.</summary>
    public virtual void SetPayloadLength(int payloadLength) => throw new NotSupportedException();

    /// <summary>Ends a payload that was written to <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}
