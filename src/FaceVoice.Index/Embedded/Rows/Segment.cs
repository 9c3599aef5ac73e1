using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>A stretch of rows on disk, written once, read through memory maps. Every record is checked when it is read. Thread-safe.</summary>
internal sealed class Segment : IDisposable
{
    public const ulong PointsStream = 2, CodesStream = 3, FloatsStream = 16;
    private readonly RecordSealer _sealer;
    private readonly MappedFile _points;
    private readonly long[] _offsets;
    private readonly FloatRows[] _floats;

    public Segment(StoreFolder folder, Manifest.SegmentEntry entry, IndexSchema schema, RecordSealer sealer, int firstRow, int[] firstSlots)
    {
        (Entry, _sealer, FirstRow) = (entry, sealer, firstRow);
        _points = new MappedFile(folder.Of(entry.PointsName));
        if (_points.Length != entry.PointsBytes)
        {
            throw new IndexCorruptException(_points.Path, -1, $"has {_points.Length} bytes instead of {entry.PointsBytes}");
        }

        _offsets = ReadOffsets();
        var vectors = schema.Dimensions.ToArray();
        _floats = new FloatRows[vectors.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            _floats[i] = new FloatRows(folder.Of(entry.FloatsName(vectors[i].Key)), sealer, FloatsStream + (ulong)i, vectors[i].Value, firstSlots[i], entry.Slots[vectors[i].Key]);
        }
    }

    public Manifest.SegmentEntry Entry { get; }

    public int FirstRow { get; }

    public int EndRow => FirstRow + Entry.Rows;

    public long DiskBytes => _points.Length + _floats.Sum(f => f.Bytes);

    public FloatRows Floats(int column) => _floats[column];

    /// <summary>Reads a row's record: <c>[ordinal u64][columns u32][point]</c>; columns has the bit <see cref="SegmentWriter.Hole"/> for a row that was dead when written.</summary>
    /// <exception cref="IndexCorruptException">The record is damaged.</exception>
    public byte[] ReadRecord(int row)
    {
        var index = row - FirstRow;
        var length = (int)(_offsets[index + 1] - _offsets[index] - sizeof(uint));
        var record = new byte[Math.Max(0, length - _sealer.Overhead)];
        if (length < _sealer.Overhead || !_sealer.TryOpen(_points.Span(_offsets[index] + sizeof(uint), length), PointsStream, (ulong)index, record))
        {
            throw new IndexCorruptException(_points.Path, _offsets[index], $"the record of row {row} is damaged");
        }

        return record;
    }

    /// <summary>A row's bytes as they lie on disk.</summary>
    public ReadOnlySpan<byte> RawRecord(int row) =>
        _points.Span(_offsets[row - FirstRow], (int)(_offsets[row - FirstRow + 1] - _offsets[row - FirstRow]));

    public void Dispose()
    {
        _points.Dispose();
        foreach (var floats in _floats)
        {
            floats.Dispose();
        }

        _sealer.Dispose();
    }

    private long[] ReadOffsets()
    {
        var offsets = new long[Entry.Rows + 1];
        long offset = 0;
        for (var i = 0; i < Entry.Rows; i++)
        {
            offsets[i] = offset;
            if (_points.Length - offset < sizeof(uint))
            {
                throw new IndexCorruptException(_points.Path, offset, $"ends after {i} of {Entry.Rows} rows");
            }

            offset += sizeof(uint) + (long)BinaryPrimitives.ReadUInt32LittleEndian(_points.Span(offset, sizeof(uint)));
            if (offset > _points.Length)
            {
                throw new IndexCorruptException(_points.Path, offsets[i], "a record's length is impossible");
            }
        }

        if (offset != _points.Length)
        {
            throw new IndexCorruptException(_points.Path, offset, "holds more than its rows");
        }

        offsets[^1] = offset;
        return offsets;
    }

    /// <summary>The float vectors of one column in one segment: sealed rows of one length.</summary>
    internal sealed class FloatRows : IDisposable
    {
        private readonly MappedFile _file;
        private readonly RecordSealer _sealer;
        private readonly ulong _stream;
        private readonly int _dimensions;
        private readonly int[] _checked; // one bit a row: its checksum was found right since the file was opened

        public FloatRows(string path, RecordSealer sealer, ulong stream, int dimensions, int firstSlot, int slots)
        {
            (_sealer, _stream, _dimensions, FirstSlot, Slots) = (sealer, stream, dimensions, firstSlot, slots);
            _file = new MappedFile(path);
            if (_file.Length != (long)slots * RecordBytes)
            {
                throw new IndexCorruptException(path, -1, $"has {_file.Length} bytes; {slots} vectors need {(long)slots * RecordBytes}");
            }

            _checked = new int[(slots + 31) / 32];
        }

        public int FirstSlot { get; }

        public int Slots { get; }

        public long Bytes => _file.Length;

        private int RecordBytes => (_dimensions * sizeof(float)) + _sealer.Overhead;

        /// <summary>Copies a vector out.</summary>
        /// <exception cref="IndexCorruptException">It is damaged.</exception>
        public void Read(int slot, Span<float> vector)
        {
            var index = slot - FirstSlot;
            if (!_sealer.TryOpen(Record(index), _stream, (ulong)index, MemoryMarshal.AsBytes(vector)))
            {
                throw Damage(index);
            }
        }

        /// <summary>The dot product of a vector with a query, without a copy where rows are not encrypted.</summary>
        /// <exception cref="IndexCorruptException">The vector is damaged.</exception>
        public float Dot(int slot, ReadOnlySpan<float> query, Span<float> scratch)
        {
            var index = slot - FirstSlot;
            if (_sealer is not ChecksumSealer checksum)
            {
                Read(slot, scratch);
                return TensorPrimitives.Dot(query, scratch);
            }

            var record = Record(index);
            if ((Volatile.Read(ref _checked[index >> 5]) >> (index & 31) & 1) == 0)
            {
                if (!checksum.Matches(record, _stream, (ulong)index))
                {
                    throw Damage(index);
                }

                Interlocked.Or(ref _checked[index >> 5], 1 << (index & 31));
            }

            return TensorPrimitives.Dot(query, MemoryMarshal.Cast<byte, float>(record[ChecksumSealer.ChecksumBytes..]));
        }

        /// <summary>A vector's bytes as they lie on disk.</summary>
        public ReadOnlySpan<byte> RawRecord(int slot) => Record(slot - FirstSlot);

        public void Dispose() => _file.Dispose();

        private ReadOnlySpan<byte> Record(int index) => _file.Span((long)index * RecordBytes, RecordBytes);

        private IndexCorruptException Damage(int index) => new(_file.Path, (long)index * RecordBytes, $"vector {index} is damaged");
    }
}
