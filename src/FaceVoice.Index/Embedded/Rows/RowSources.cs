using System.Buffers.Binary;
using System.Numerics.Tensors;
using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>Where rows and float vectors lie at one moment: segments on disk, then the tail in memory. Immutable.</summary>
internal sealed class RowSources(Segment[] segments, RowTail tail)
{
    private const int PointStart = sizeof(ulong) + sizeof(uint);

    public Segment[] Segments => segments;

    public RowTail Tail => tail;

    /// <summary>The columns that a record has vectors in, one bit each.</summary>
    public static uint ColumnsOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[sizeof(ulong)..]);

    public static ulong OrdinalOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record);

    public static PointMeta PointOf(ReadOnlySpan<byte> record)
    {
        var reader = new ByteReader(record[PointStart..]);
        return PointCodec.Read(ref reader);
    }

    public byte[] ReadRecord(int row) => row >= tail.FirstRow ? tail.Record(row) : SegmentOf(row).ReadRecord(row);

    public PointMeta ReadPoint(int row) => PointOf(ReadRecord(row));

    public string ReadId(int row)
    {
        var record = ReadRecord(row);
        if ((ColumnsOf(record) & SegmentWriter.Hole) != 0)
        {
            return string.Empty; // no id is empty, so it equals none
        }

        var reader = new ByteReader(record.AsSpan(PointStart));
        return reader.ReadString();
    }

    public void ReadVector(int column, int slot, Span<float> vector)
    {
        if (FloatsOf(column, slot) is { } floats)
        {
            floats.Read(slot, vector);
        }
        else
        {
            tail.Vector(column, slot).CopyTo(vector);
        }
    }

    public float Dot(int column, int slot, ReadOnlySpan<float> query, Span<float> scratch) =>
        FloatsOf(column, slot) is { } floats ? floats.Dot(slot, query, scratch) : TensorPrimitives.Dot(query, tail.Vector(column, slot));

    private Segment SegmentOf(int row)
    {
        int low = 0, high = segments.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = segments[middle].FirstRow <= row ? (middle, high) : (low, middle - 1);
        }

        return segments[low];
    }

    private Segment.FloatRows? FloatsOf(int column, int slot)
    {
        int low = 0, high = segments.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = segments[middle].Floats(column).FirstSlot <= slot ? (middle, high) : (low, middle - 1);
        }

        if (segments.Length == 0)
        {
            return null;
        }

        var floats = segments[low].Floats(column);
        return slot < floats.FirstSlot + floats.Slots ? floats : null;
    }
}
