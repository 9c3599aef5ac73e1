using System.Numerics;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>A set of rows, one bit each. Rows beyond the words are not in it.</summary>
internal readonly struct RowBitmap(ulong[] words)
{
    public ulong[] Words { get; } = words;

    /// <summary>An empty set that can hold rows below <paramref name="rows"/>.</summary>
    public static RowBitmap Empty(int rows) => new(new ulong[(rows + 63) / 64]);

    public static RowBitmap Full(int rows)
    {
        var all = Empty(rows);
        Array.Fill(all.Words, ulong.MaxValue);
        return all;
    }

    public bool Contains(int row)
    {
        var word = row >> 6;
        return word < Words.Length && (Words[word] >> (row & 63) & 1) != 0;
    }

    public void Add(int row) => Words[row >> 6] |= 1UL << (row & 63);

    /// <summary>Adds every row of another set that fits.</summary>
    public void Add(RowBitmap other)
    {
        for (var i = Math.Min(Words.Length, other.Words.Length) - 1; i >= 0; i--)
        {
            Words[i] |= other.Words[i];
        }
    }

    /// <summary>Keeps the rows that another set has too.</summary>
    public void Keep(RowBitmap other)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            Words[i] &= i < other.Words.Length ? other.Words[i] : 0;
        }
    }

    /// <summary>Drops the rows that another set has.</summary>
    public void Remove(RowBitmap other)
    {
        for (var i = Math.Min(Words.Length, other.Words.Length) - 1; i >= 0; i--)
        {
            Words[i] &= ~other.Words[i];
        }
    }

    public int Count()
    {
        var count = 0;
        foreach (var word in Words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>The rows below <paramref name="end"/>, rising.</summary>
    public IEnumerable<int> Rows(int start, int end)
    {
        for (var i = start >> 6; i < Words.Length && i << 6 < end; i++)
        {
            for (var word = Words[i]; word != 0; word &= word - 1)
            {
                var row = (i << 6) + BitOperations.TrailingZeroCount(word);
                if (row >= end)
                {
                    yield break;
                }

                if (row >= start)
                {
                    yield return row;
                }
            }
        }
    }
}
