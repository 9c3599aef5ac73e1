using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded;

/// <summary>Remembers 16-byte pieces of removed points as they lie on disk, and looks for them at every byte of every file.</summary>
internal sealed class ErasureSearch(string folder)
{
    private const int Piece = 16;
    private const int BufferBytes = 1 << 20;
    private readonly HashSet<UInt128> _pieces = [];
    private readonly bool[] _prefixes = new bool[1 << 16]; // the first two bytes of every piece: most places are dismissed by them

    public long Rows { get; private set; }

    /// <summary>Takes pieces of every dead row that segments or the log still hold: the start of its record and of each vector.</summary>
    public void Collect(StoreState state, StoreView view)
    {
        CollectFromLog(state, view);
        foreach (var segment in view.Sources.Segments)
        {
            for (var row = segment.FirstRow; row < segment.EndRow; row++)
            {
                if (state.IsVisible(row, view) || (RowSources.ColumnsOf(segment.ReadRecord(row)) & SegmentWriter.Hole) != 0)
                {
                    continue;
                }

                Rows++;
                Add(segment.RawRecord(row)[..Piece]);
                for (var i = 0; i < state.Columns.Length; i++)
                {
                    if (state.Columns[i].Slots[row] is var slot and >= 0)
                    {
                        Add(segment.Floats(i).RawRecord(slot));
                    }
                }
            }
        }
    }

    /// <summary>Rows that no segment has yet. The log of an encrypted index holds nothing of them that could be looked for.</summary>
    private void CollectFromLog(StoreState state, StoreView view)
    {
        var tail = view.Sources.Tail;
        for (var row = tail.FirstRow; row < view.Rows; row++)
        {
            if (state.IsVisible(row, view))
            {
                continue;
            }

            Rows++;
            for (var i = 0; i < state.Columns.Length; i++)
            {
                if (state.Columns[i].Slots[row] is var slot and >= 0)
                {
                    var bytes = MemoryMarshal.AsBytes(tail.Vector(i, slot).AsSpan());
                    Add(bytes[..Math.Min(Piece, bytes.Length)]);
                }
            }
        }
    }

    /// <summary>Counts the pieces that the folder's files hold.</summary>
    public (long Found, int Files, long Bytes) Run(CancellationToken cancellationToken)
    {
        var (found, files, bytes) = (0L, 0, 0L);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(path) == "LOCK")
            {
                continue; // empty, and locked
            }

            var length = new FileInfo(path).Length;
            found += CountIn(path, cancellationToken);
            files++;
            bytes += length;
        }

        return (found, files, bytes);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Piece)
        {
            _pieces.Add(MemoryMarshal.Read<UInt128>(bytes));
            _prefixes[MemoryMarshal.Read<ushort>(bytes)] = true;
        }
    }

    private long CountIn(string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var buffer = new byte[BufferBytes];
        long found = 0;
        for (var kept = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = file.Read(buffer, kept, buffer.Length - kept);
            var end = kept + read;
            for (var i = 0; i + Piece <= end; i++)
            {
                if (_prefixes[MemoryMarshal.Read<ushort>(buffer.AsSpan(i))] && _pieces.Contains(MemoryMarshal.Read<UInt128>(buffer.AsSpan(i))))
                {
                    found++;
                }
            }

            if (read == 0)
            {
                return found;
            }

            kept = Math.Min(end, Piece - 1);
            buffer.AsSpan(end - kept, kept).CopyTo(buffer);
        }
    }
}
