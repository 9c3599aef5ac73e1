using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded.Files;

/// <summary><c>[crc32c u32][content]</c>: notices damage, hides nothing.</summary>
internal sealed class ChecksumSealer(Guid uid) : RecordSealer
{
    public const int ChecksumBytes = sizeof(uint);
    private readonly ulong _uid = MemoryMarshal.Read<ulong>(uid.ToByteArray());

    public override int Overhead => ChecksumBytes;

    public override void Seal(ReadOnlySpan<byte> data, ulong stream, ulong index, Span<byte> record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(data, stream, index));
        data.CopyTo(record[ChecksumBytes..]);
    }

    public override bool TryOpen(ReadOnlySpan<byte> record, ulong stream, ulong index, Span<byte> data)
    {
        if (!Matches(record, stream, index))
        {
            return false;
        }

        record[ChecksumBytes..].CopyTo(data);
        return true;
    }

    /// <summary>Checks a record where it lies, so that its content can be used without a copy.</summary>
    public bool Matches(ReadOnlySpan<byte> record, ulong stream, ulong index) =>
        record.Length >= ChecksumBytes && BinaryPrimitives.ReadUInt32LittleEndian(record) == Checksum(record[ChecksumBytes..], stream, index);

    public override void Dispose()
    {
    }

    private uint Checksum(ReadOnlySpan<byte> data, ulong stream, ulong index) => Crc32C.Of(_uid ^ (stream << 56), index, data);
}
