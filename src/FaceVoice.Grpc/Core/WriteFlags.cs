using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>How one message is to be written.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The name is that of the gRPC API.")]
public enum WriteFlags
{
    /// <summary>Compressed where the call is, and flushed.</summary>
    None = 0,

    /// <summary>A hint that another message follows at once, so that this one may wait in the buffer.</summary>
    BufferHint = 0x1,

    /// <summary>Not compressed, whatever the call negotiated.</summary>
    NoCompress = 0x2,
}
