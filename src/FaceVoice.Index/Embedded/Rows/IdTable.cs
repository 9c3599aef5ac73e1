namespace FaceVoice.Index.Embedded.Rows;

/// <summary>From ids to the newest row that had each: open addressing over hash and row, the ids themselves stay in the rows' records.</summary>
/// <remarks>One writer; readers never wait. String hashes are random per process, so chosen ids cannot pile up.</remarks>
internal sealed class IdTable
{
    private long[] _entries = new long[64];
    private int _used;

    /// <summary>Finds the newest row of an id; -1 where it never had one.</summary>
    /// <param name="id">The id.</param>
    /// <param name="readId">Reads a row's id.</param>
    public int Find(string id, Func<int, string> readId)
    {
        var hash = (uint)string.GetHashCode(id);
        var entries = Volatile.Read(ref _entries);
        for (var i = hash & (uint)(entries.Length - 1); ; i = (i + 1) & (uint)(entries.Length - 1))
        {
            var entry = Volatile.Read(ref entries[i]);
            if (entry == 0)
            {
                return -1;
            }

            if ((uint)(entry >> 32) == hash && readId(RowOf(entry)) == id)
            {
                return RowOf(entry);
            }
        }
    }

    /// <summary>Makes <paramref name="row"/> the newest row of an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="row">The row.</param>
    /// <param name="previous">What <see cref="Find"/> returned for the id.</param>
    public void Set(string id, int row, int previous)
    {
        if (previous < 0 && ++_used * 2 > _entries.Length)
        {
            Grow();
        }

        var hash = (uint)string.GetHashCode(id);
        var sought = previous < 0 ? 0 : EntryOf(hash, previous);
        var i = hash & (uint)(_entries.Length - 1);
        while (_entries[i] != sought)
        {
            i = (i + 1) & (uint)(_entries.Length - 1);
        }

        Volatile.Write(ref _entries[i], EntryOf(hash, row));
    }

    private static long EntryOf(uint hash, int row) => ((long)hash << 32) | (uint)(row + 1);

    private static int RowOf(long entry) => (int)(uint)entry - 1;

    private void Grow()
    {
        var grown = new long[_entries.Length * 2];
        foreach (var entry in _entries)
        {
            if (entry != 0)
            {
                var i = (uint)(entry >> 32) & (uint)(grown.Length - 1);
                while (grown[i] != 0)
                {
                    i = (i + 1) & (uint)(grown.Length - 1);
                }

                grown[i] = entry;
            }
        }

        Volatile.Write(ref _entries, grown);
    }
}
