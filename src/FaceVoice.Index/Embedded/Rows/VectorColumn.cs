using FaceVoice.Index.Embedded.Graph;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>One named vector of all rows that have it: codes in memory, numbered by slot in the order of arrival.</summary>
internal sealed class VectorColumn(string name, int dimensions) : IDisposable
{
    private HnswGraph? _graph;

    public string Name => name;

    public int Dimensions => dimensions;

    public CodeMatrix Codes { get; } = new(dimensions);

    /// <summary>The row of each slot, rising.</summary>
    public ChunkedArray<int> Rows { get; } = new();

    /// <summary>The slot of each row, -1 where the row has no such vector.</summary>
    public ChunkedArray<int> Slots { get; } = new();

    /// <summary>Vectors of rows that are not dead; the writer's own count.</summary>
    public int Live { get; set; }

    /// <summary>The approximate graph over the first slots; null until the column is large enough.</summary>
    public HnswGraph? Graph
    {
        get => Volatile.Read(ref _graph);
        set => Volatile.Write(ref _graph, value);
    }

    /// <summary>The nodes of the graph file that the next opening will load; 0 where it is missing or was damaged. The writer's own.</summary>
    public int SavedNodes { get; set; }

    public void Dispose()
    {
        Graph?.Dispose();
        Codes.Dispose();
    }
}
