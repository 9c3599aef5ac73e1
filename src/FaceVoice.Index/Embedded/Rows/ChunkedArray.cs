using System.Runtime.CompilerServices;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>
/// An array that grows at its end without ever moving what is there: one writer appends while any number of readers read below <see cref="Count"/>
/// or a length that the writer has published to them.
/// </summary>
internal sealed class ChunkedArray<T>
{
    private const int ChunkBits = 12;
    private const int ChunkLength = 1 << ChunkBits;
    private T[][] _chunks = [];
    private int _count;

    /// <summary>The number of elements that are fully written.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>An element below <see cref="Count"/>.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Volatile.Read(ref _chunks)[index >> ChunkBits][index & (ChunkLength - 1)];
    }

    /// <summary>Appends; the writer's thread only.</summary>
    public void Add(T value)
    {
        if (_count >> ChunkBits == _chunks.Length)
        {
            var grown = new T[_chunks.Length + 1][];
            _chunks.CopyTo(grown, 0);
            grown[^1] = new T[ChunkLength];
            Volatile.Write(ref _chunks, grown);
        }

        _chunks[_count >> ChunkBits][_count & (ChunkLength - 1)] = value;
        Volatile.Write(ref _count, _count + 1);
    }
}
