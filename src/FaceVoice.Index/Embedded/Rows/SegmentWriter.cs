using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>Writes rows as a new segment; its files are on the disk when <see cref="Complete"/> returns. One thread.</summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>The bit beside the column mask of a row that was dead when written: it keeps its number and its slots, and none of its content.</summary>
    public const uint Hole = 1u << 31;

    private readonly StoreFolder _folder;
    private readonly RecordSealer _sealer;
    private readonly string[] _names;
    private readonly Guid _uid = Guid.NewGuid();
    private readonly IDurableFile _pointsFile;
    private readonly SequentialWriter _points;
    private readonly Column[] _columns;
    private byte[] _buffer = new byte[1024];
    private int _rows;

    public SegmentWriter(StoreFolder folder, IndexSchema schema, StoreKeys keys)
    {
        _folder = folder;
        _sealer = keys.SealerFor(_uid);
        _names = [.. schema.Dimensions.Keys];
        var entry = Entry(0);
        _pointsFile = folder.Create(entry.PointsName);
        _points = new SequentialWriter(_pointsFile);
        _columns = [.. schema.Dimensions.Select((d, i) => new Column(folder, entry, d.Key, d.Value, Segment.FloatsStream + (ulong)i, _sealer))];
    }

    /// <summary>Appends a row's record as <see cref="RowSources"/> reads them.</summary>
    public void AddRecord(ReadOnlySpan<byte> record)
    {
        var length = record.Length + _sealer.Overhead;
        if (_buffer.Length < length + sizeof(uint))
        {
            _buffer = new byte[(length + sizeof(uint)) * 2];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)length);
        _sealer.Seal(record, Segment.PointsStream, (ulong)_rows++, _buffer.AsSpan(sizeof(uint), length));
        _points.Write(_buffer.AsSpan(0, sizeof(uint) + length));
    }

    /// <summary>Appends a hole: a dead row of which only the ordinal and the places of its vectors stay.</summary>
    public void AddHole(ulong ordinal, uint columns)
    {
        Span<byte> record = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, ordinal);
        BinaryPrimitives.WriteUInt32LittleEndian(record[sizeof(ulong)..], columns | Hole);
        AddRecord(record);
    }

    /// <summary>Appends a vector to a column, in the order of its slots.</summary>
    public void AddVector(int column, ReadOnlySpan<float> vector) => _columns[column].Add(vector);

    /// <summary>Writes the codes and puts everything on the disk.</summary>
    /// <param name="matrices">For each column, the matrix that has its codes from <paramref name="firstSlots"/> on.</param>
    /// <param name="firstSlots">The slot of each column's first vector here.</param>
    /// <param name="isDead">Tells, for a column and a slot, that its codes must not be written.</param>
    public Manifest.SegmentEntry Complete(CodeMatrix[] matrices, int[] firstSlots, Func<int, int, bool> isDead)
    {
        _points.Complete();
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Complete();
            using var file = _folder.Create(Entry(0).CodesName(_names[i]));
            var column = i;
            BlockFile.Write(
                file, _sealer, Segment.CodesStream, writer => WriteCodes(writer, matrices[column], firstSlots[column], _columns[column].Count, slot => isDead(column, slot)));
        }

        return Entry(_points.Position);
    }

    public void Dispose()
    {
        _points.Dispose();
        _pointsFile.Dispose();
        foreach (var column in _columns)
        {
            column.Dispose();
        }

        _sealer.Dispose();
    }

    private static unsafe void WriteCodes(BlockFile.BlockWriter writer, CodeMatrix matrix, int first, int count, Func<int, bool> isDead)
    {
        var residual = matrix.LargestResidual;
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in residual)));
        var nothing = new byte[matrix.Stride];
        nothing.AsSpan().Fill(Quantizer.Zero);
        for (var slot = first; slot < first + count; slot++)
        {
            writer.Write(new ReadOnlySpan<byte>(matrix.Scale(slot), sizeof(float)));
            if (isDead(slot))
            {
                writer.Write(nothing);
                continue;
            }

            writer.Write(new ReadOnlySpan<byte>(matrix.Row(slot), matrix.Stride));
        }
    }

    private Manifest.SegmentEntry Entry(long pointsBytes)
    {
        var slots = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < _names.Length; i++)
        {
            slots[_names[i]] = _columns is null ? 0 : _columns[i].Count;
        }

        return new(_uid, _rows, pointsBytes, slots);
    }

    private sealed class Column : IDisposable
    {
        private readonly IDurableFile _file;
        private readonly SequentialWriter _writer;
        private readonly RecordSealer _sealer;
        private readonly ulong _stream;
        private readonly byte[] _record;

        public Column(StoreFolder folder, Manifest.SegmentEntry entry, string name, int dimensions, ulong stream, RecordSealer sealer)
        {
            (_sealer, _stream) = (sealer, stream);
            _file = folder.Create(entry.FloatsName(name));
            _writer = new SequentialWriter(_file);
            _record = new byte[(dimensions * sizeof(float)) + sealer.Overhead];
        }

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<float> vector)
        {
            _sealer.Seal(MemoryMarshal.AsBytes(vector), _stream, (ulong)Count++, _record);
            _writer.Write(_record);
        }

        public void Complete() => _writer.Complete();

        public void Dispose()
        {
            _writer.Dispose();
            _file.Dispose();
        }
    }
}
