using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>A payload that lies in the buffers of the transport.</summary>
internal sealed class SequencePayload : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public void Set(in ReadOnlySequence<byte> payload) => _payload = payload;

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}
