using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>
/// The store in memory. One writer changes it; readers work on the <see cref="View"/> they picked up and never wait. Rows are never changed: a replaced
/// point gets a new row and its old one is marked dead from a version on. Stays alive while leases are out.
/// </summary>
internal sealed class StoreState : IDisposable
{
    public const byte UpsertFrame = 1, DeleteFrame = 2;
    private readonly IdTable _ids = new();
    private readonly ChunkedArray<ulong> _ordinals = new();
    private readonly ChunkedArray<long> _deletedAt = new();
    private readonly ChunkedArray<int> _previous = new();
    private StoreView _view;
    private RowSources _sources;
    private int _live;
    private int _leases = 1;

    public StoreState(IndexSchema schema, VectorSpace space)
    {
        (Schema, Space) = (schema, space);
        Columns = [.. schema.Dimensions.Select(d => new VectorColumn(d.Key, d.Value))];
        _sources = new RowSources([], new RowTail(0, new int[Columns.Length]));
        _view = new StoreView(0, 0, 0, new int[Columns.Length], new int[Columns.Length], _sources);
    }

    public IndexSchema Schema { get; }

    /// <summary>How this state's vectors are stored.</summary>
    public VectorSpace Space { get; }

    public VectorColumn[] Columns { get; }

    public PayloadIndex Payloads { get; } = new();

    /// <summary>The ordinal that the next row gets; ordinals rise with rows and survive compaction.</summary>
    public ulong NextOrdinal { get; set; }

    /// <summary>What readers see now.</summary>
    public StoreView View => Volatile.Read(ref _view);

    /// <summary>The writer's own, newest sources.</summary>
    public RowSources Sources => _sources;

    public int Rows => _ordinals.Count;

    public ulong Ordinal(int row) => _ordinals[row];

    /// <summary>Tells whether a view shows a row.</summary>
    public bool IsVisible(int row, StoreView view) => row < view.Rows && Volatile.Read(ref _deletedAt[row]) > view.Version;

    /// <summary>Tells the writer whether a row is alive.</summary>
    public bool IsLive(int row) => _deletedAt[row] == long.MaxValue;

    /// <summary>Finds the row of an id in a view; -1 where it has none.</summary>
    public int Find(string id, StoreView view)
    {
        var row = _ids.Find(id, ReadIdNow);
        while (row >= 0 && row >= view.Rows)
        {
            row = _previous[row];
        }

        return row >= 0 && IsVisible(row, view) ? row : -1;
    }

    /// <summary>Keeps the state alive; false when it is already gone.</summary>
    public bool TryLease()
    {
        for (var leases = Volatile.Read(ref _leases); leases > 0; leases = Volatile.Read(ref _leases))
        {
            if (Interlocked.CompareExchange(ref _leases, leases + 1, leases) == leases)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives a lease back; the last one frees memory and maps.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            foreach (var column in Columns)
            {
                column.Dispose();
            }

            foreach (var segment in _sources.Segments)
            {
                segment.Dispose();
            }
        }
    }

    /// <summary>Carries out one frame of the log; shows only after <see cref="Publish"/>.</summary>
    /// <returns>The number of points written or removed.</returns>
    public long Apply(ReadOnlySpan<byte> frame)
    {
        var reader = new ByteReader(frame);
        var kind = reader.ReadByte();
        var count = reader.ReadUInt32();
        long changed = 0;
        for (var i = 0u; i < count; i++)
        {
            switch (kind)
            {
                case UpsertFrame:
                    ApplyUpsert(ref reader);
                    changed++;
                    break;
                case DeleteFrame:
                    changed += Kill(_ids.Find(reader.ReadString(), ReadIdNow)) ? 1 : 0;
                    break;
                default:
                    throw new InvalidDataException($"{kind} is no kind of log frame.");
            }
        }

        return changed;
    }

    /// <summary>Lets readers see everything that was applied.</summary>
    public void Publish() => Volatile.Write(ref _view, new StoreView(
        _view.Version + 1, Rows, _live, [.. Columns.Select(c => c.Codes.Count)], [.. Columns.Select(c => c.Live)], _sources));

    /// <summary>Enters a row that a segment holds; while loading only.</summary>
    public void AddLoadedRow(ReadOnlySpan<byte> record, bool isLive)
    {
        var columns = RowSources.ColumnsOf(record);
        var isHole = (columns & SegmentWriter.Hole) != 0;
        AddRow(RowSources.OrdinalOf(record), columns, isLive && !isHole);
        if (isLive && !isHole)
        {
            Enter(RowSources.PointOf(record));
        }
    }

    /// <summary>Replaces where rows lie, after a checkpoint or while loading.</summary>
    public void Attach(Segment[] segments)
    {
        var row = segments is [.., var last] ? last.EndRow : 0;
        var slots = new int[Columns.Length];
        for (var i = 0; i < slots.Length && segments.Length > 0; i++)
        {
            slots[i] = segments[^1].Floats(i).FirstSlot + segments[^1].Floats(i).Slots;
        }

        Volatile.Write(ref _sources, new RowSources(segments, new RowTail(row, slots)));
    }

    /// <summary>Marks a row dead from the next version on.</summary>
    public bool Kill(int row)
    {
        if (row < 0 || !IsLive(row))
        {
            return false;
        }

        Volatile.Write(ref _deletedAt[row], _view.Version + 1);
        _live--;
        foreach (var column in Columns)
        {
            column.Live -= column.Slots[row] >= 0 ? 1 : 0;
        }

        return true;
    }

    private string ReadIdNow(int row)
    {
        // A reader may look up a row newer than its view, or one that a checkpoint just moved: the newest sources have every row.
        return Volatile.Read(ref _sources).ReadId(row);
    }

    private void ApplyUpsert(ref ByteReader reader)
    {
        var columns = reader.ReadUInt32();
        var rest = reader;
        var point = PointCodec.Read(ref reader);
        var bytes = rest.ReadBytes(rest.Remaining - reader.Remaining);

        var record = new ByteWriter(bytes.Length + 12);
        record.WriteUInt64(NextOrdinal);
        record.WriteUInt32(columns);
        record.WriteBytes(bytes);
        _sources.Tail.AddRecord(record.Written.ToArray());
        for (var i = 0; i < Columns.Length; i++)
        {
            if ((columns >> i & 1) != 0)
            {
                var vector = new float[Columns[i].Dimensions];
                reader.ReadFloats(vector);
                _sources.Tail.AddVector(i, vector);
                Columns[i].Codes.Add(vector);
            }
        }

        AddRow(NextOrdinal++, columns, isLive: true);
        Enter(point);
    }

    private void AddRow(ulong ordinal, uint columns, bool isLive)
    {
        var row = Rows;
        for (var i = 0; i < Columns.Length; i++)
        {
            var column = Columns[i];
            var has = (columns >> i & 1) != 0;
            column.Slots.Add(has ? column.Rows.Count : -1);
            if (has)
            {
                column.Rows.Add(row);
                column.Live += isLive ? 1 : 0;
            }
        }

        _previous.Add(-1);
        _deletedAt.Add(isLive ? long.MaxValue : 0);
        _ordinals.Add(ordinal);
        _live += isLive ? 1 : 0;
    }

    private void Enter(PointMeta point)
    {
        var row = Rows - 1;
        var earlier = _ids.Find(point.Id, ReadIdNow);
        Kill(earlier);
        _previous[row] = earlier;
        _ids.Set(point.Id, row, earlier);
        Payloads.Add(row, point);
    }
}
