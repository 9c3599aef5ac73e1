using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Log;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded;

/// <summary>Reads everything that is whole from a damaged store, in the order in which it was written.</summary>
internal sealed class Salvage(StoreFolder folder, Manifest manifest, StoreKeys keys, bool allowRemovedPoints)
{
    private readonly VectorSpace _space = new(manifest.ToSchema(), keys.Template);
    private readonly string[] _vectors = [.. manifest.Dimensions.Keys];
    private readonly int[] _sizes = [.. manifest.Dimensions.Values];
    private readonly Dictionary<string, Survivor> _survivors = new(StringComparer.Ordinal);

    public long LostRecords { get; private set; }

    public int LostSegments { get; private set; }

    public int LogGaps { get; private set; }

    /// <summary>A point that can be saved, its vectors in stored form.</summary>
    internal sealed record Survivor(PointMeta Point, Dictionary<string, float[]> Stored);

    /// <summary>Reads segments and log.</summary>
    public IReadOnlyCollection<Survivor> Collect(CancellationToken cancellationToken)
    {
        var dead = ReadDead();
        var row = 0;
        foreach (var entry in manifest.Segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadSegment(entry, row, dead);
            row += entry.Rows;
        }

        ReadLog();
        return _survivors.Values;
    }

    /// <summary>The point as its enroller gave it, up to the length of its vectors.</summary>
    public IndexPoint ToPoint(Survivor survivor) => new()
    {
        Id = survivor.Point.Id,
        Identity = survivor.Point.Identity,
        Modality = survivor.Point.Modality,
        Payload = survivor.Point.Payload,
        Vectors = survivor.Stored.ToDictionary(v => v.Key, v => (ReadOnlyMemory<float>)_space.FromStored(v.Key, v.Value), StringComparer.Ordinal),
    };

    private HashSet<int> ReadDead()
    {
        if (manifest.Dead is not { } entry)
        {
            return [];
        }

        try
        {
            using var sealer = keys.SealerFor(entry.Uid);
            using var reader = BlockFile.OpenRead(folder.Of(entry.Name), sealer, StoreLoader.DeadStream);
            var rows = new int[checked((int)entry.Count)];
            reader.Read(MemoryMarshal.AsBytes(rows.AsSpan()));
            return [.. rows];
        }
        catch (Exception error) when (error is IndexCorruptException or FileNotFoundException)
        {
            return allowRemovedPoints ? [] : throw new IndexCorruptException(
                folder.Of(entry.Name), -1, $"the list of {entry.Count} removed points is damaged, so they would come back; allow that to repair all the same", error);
        }
    }

    private void ReadSegment(Manifest.SegmentEntry entry, int firstRow, HashSet<int> dead)
    {
        try
        {
            using var segment = new Segment(folder, entry, manifest.ToSchema(), keys.SealerFor(entry.Uid), firstRow, new int[_vectors.Length]);
            var slots = new int[_vectors.Length];
            var isAligned = true; // once a record is lost, the places of later vectors are not known
            for (var row = firstRow; row < firstRow + entry.Rows; row++)
            {
                isAligned = ReadRow(segment, row, slots, isAligned, dead.Contains(row));
            }
        }
        catch (Exception error) when (error is IndexCorruptException or IOException)
        {
            LostSegments++;
        }
    }

    private bool ReadRow(Segment segment, int row, int[] slots, bool isAligned, bool isDead)
    {
        byte[] record;
        try
        {
            record = segment.ReadRecord(row);
        }
        catch (IndexCorruptException)
        {
            LostRecords++;

            // With vectors for every row in every column there is still only one way to go on.
            for (var i = 0; i < slots.Length; i++)
            {
                isAligned &= segment.Floats(i).Slots == segment.Entry.Rows || segment.Floats(i).Slots == 0;
                slots[i] += segment.Floats(i).Slots == segment.Entry.Rows ? 1 : 0;
            }

            return isAligned;
        }

        if (!isAligned)
        {
            LostRecords++;
            return false;
        }

        var columns = RowSources.ColumnsOf(record);
        var stored = ReadVectors(segment, columns, slots);
        if (isDead || (columns & SegmentWriter.Hole) != 0)
        {
            return true;
        }

        Keep(RowSources.PointOf(record), stored);
        return true;
    }

    private Dictionary<string, float[]> ReadVectors(Segment segment, uint columns, int[] slots)
    {
        var stored = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (var i = 0; i < slots.Length; i++)
        {
            if ((columns >> i & 1) == 0)
            {
                continue;
            }

            var vector = new float[_sizes[i]];
            try
            {
                segment.Floats(i).Read(slots[i]++, vector);
                stored[_vectors[i]] = vector;
            }
            catch (IndexCorruptException)
            {
                LostRecords++;
            }
        }

        return stored;
    }

    private void ReadLog()
    {
        var path = folder.Of(manifest.Log);
        if (!File.Exists(path))
        {
            LogGaps++;
            return;
        }

        using var sealer = keys.SealerFor(manifest.LogUid);
        LogGaps += new LogReader(path, manifest.LogUid, sealer).Salvage(manifest.LogSequence, (_, frame) => ReadFrame(frame));
    }

    private void ReadFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new ByteReader(frame);
        var kind = reader.ReadByte();
        for (var count = reader.ReadUInt32(); count > 0; count--)
        {
            if (kind == StoreState.DeleteFrame)
            {
                _survivors.Remove(reader.ReadString());
                continue;
            }

            var columns = reader.ReadUInt32();
            var point = PointCodec.Read(ref reader);
            var stored = new Dictionary<string, float[]>(StringComparer.Ordinal);
            for (var i = 0; i < _vectors.Length; i++)
            {
                if ((columns >> i & 1) != 0)
                {
                    reader.ReadFloats(stored[_vectors[i]] = new float[_sizes[i]]);
                }
            }

            Keep(point, stored);
        }
    }

    private void Keep(PointMeta point, Dictionary<string, float[]> stored)
    {
        _survivors.Remove(point.Id); // a later version replaces the earlier one, even if nothing of it is left
        if (stored.Count > 0)
        {
            _survivors[point.Id] = new Survivor(point, stored);
        }
    }
}
