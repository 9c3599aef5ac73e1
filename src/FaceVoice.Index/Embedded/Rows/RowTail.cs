namespace FaceVoice.Index.Embedded.Rows;

/// <summary>The rows that only the log has so far, in memory. One writer appends, any number of readers read.</summary>
internal sealed class RowTail
{
    private readonly ChunkedArray<byte[]> _records = new();
    private readonly ChunkedArray<float[]>[] _vectors;
    private readonly int[] _firstSlots;

    public RowTail(int firstRow, int[] firstSlots)
    {
        (FirstRow, _firstSlots) = (firstRow, firstSlots);
        _vectors = [.. firstSlots.Select(_ => new ChunkedArray<float[]>())];
    }

    public int FirstRow { get; }

    public int Rows => _records.Count;

    /// <summary>A row's record, in the form that segments keep.</summary>
    public byte[] Record(int row) => _records[row - FirstRow];

    public float[] Vector(int column, int slot) => _vectors[column][slot - _firstSlots[column]];

    public void AddRecord(byte[] record) => _records.Add(record);

    public void AddVector(int column, float[] vector) => _vectors[column].Add(vector);
}
