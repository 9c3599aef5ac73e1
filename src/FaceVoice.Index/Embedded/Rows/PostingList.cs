using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>The rows that have one keyword, rising; from some size on also as bits. One writer appends, any number of readers read.</summary>
internal sealed class PostingList
{
    private const int DenseFrom = 4096;
    private int[] _rows = new int[1];
    private int _count;
    private ulong[]? _bits;

    public ReadOnlySpan<int> Rows
    {
        get
        {
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _rows).AsSpan(0, count);
        }
    }

    /// <summary>The rows as bits, shared with the writer: bits of rows newer than the reader's view may be set.</summary>
    public RowBitmap? Bits => Volatile.Read(ref _bits) is { } bits ? new RowBitmap(bits) : null;

    public void Add(int row)
    {
        if (_count > 0 && _rows[_count - 1] == row)
        {
            return; // the same keyword twice in one point
        }

        if (_count == _rows.Length)
        {
            var grown = new int[_count * 2];
            _rows.CopyTo(grown, 0);
            Volatile.Write(ref _rows, grown);
        }

        _rows[_count] = row;
        SetBit(row);
        Volatile.Write(ref _count, _count + 1);
    }

    private void SetBit(int row)
    {
        if (_bits is null && _count + 1 < DenseFrom)
        {
            return;
        }

        var fresh = _bits is null;
        if (fresh || row >> 6 >= _bits!.Length)
        {
            var grown = new ulong[Math.Max((row >> 6) + 1, (_bits?.Length ?? 0) * 2)];
            _bits?.CopyTo(grown, 0);
            if (fresh)
            {
                foreach (var earlier in _rows.AsSpan(0, _count))
                {
                    grown[earlier >> 6] |= 1UL << (earlier & 63);
                }
            }

            grown[row >> 6] |= 1UL << (row & 63);
            Volatile.Write(ref _bits, grown);
            return;
        }

        _bits[row >> 6] |= 1UL << (row & 63);
    }
}
