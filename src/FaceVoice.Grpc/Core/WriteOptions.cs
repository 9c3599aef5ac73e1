namespace Grpc.Core;

/// <summary>How messages are to be written. Immutable.</summary>
public class WriteOptions(WriteFlags flags = WriteFlags.None)
{
    /// <summary>Compressed where the call is, and flushed.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Gets the flags.</summary>
    public WriteFlags Flags { get; } = flags;
}
