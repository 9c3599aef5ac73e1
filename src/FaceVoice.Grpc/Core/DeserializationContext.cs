using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is read from. Valid only during the call of the deserializer.</summary>
public abstract class DeserializationContext
{
    /// <summary>Gets the length of the payload, in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The payload as an array of its own.</summary>
    public virtual byte[] PayloadAsNewBuffer() => PayloadAsReadOnlySequence().ToArray();

    /// <summary>The payload where it lies; not to be kept.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotSupportedException();
}
