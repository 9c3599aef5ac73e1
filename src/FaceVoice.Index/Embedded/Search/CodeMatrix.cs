using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>
/// The int8 codes of a column, row after row, in native memory that never moves: one writer appends, any number of readers read below a published length.
/// A code is kept as <c>byte = code + 128</c>; rows are padded with 128 (zero) to a multiple of 32 bytes.
/// </summary>
internal sealed unsafe class CodeMatrix : IDisposable
{
    /// <summary>Rows in one piece of memory; kernels run within a piece.</summary>
    public const int ChunkRows = 1 << 14;

    private nint[] _chunks = [];
    private nint[] _scaleChunks = [];

    public CodeMatrix(int dimensions)
    {
        Dimensions = dimensions;
        Stride = (dimensions + 31) & ~31;
    }

    ~CodeMatrix() => Free();

    public int Dimensions { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride { get; }

    public int Count { get; private set; }

    /// <summary>The largest distance, in the Euclidean norm, between a row and what its codes stand for; bounds the error of every estimate.</summary>
    public float LargestResidual { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int slot) => (byte*)Volatile.Read(ref _chunks)[slot / ChunkRows] + ((long)(slot % ChunkRows) * Stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Scale(int slot) => (float*)Volatile.Read(ref _scaleChunks)[slot / ChunkRows] + (slot % ChunkRows);

    /// <summary>Quantises and appends a vector of unit length; the writer's thread only.</summary>
    public void Add(ReadOnlySpan<float> vector)
    {
        Grow();
        var row = new Span<byte>(Row(Count), Stride);
        *Scale(Count) = Quantizer.Encode(vector, row, out var residual);
        LargestResidual = Math.Max(LargestResidual, residual);
        Count++;
    }

    /// <summary>Appends codes that were made earlier; the writer's thread only.</summary>
    public void AddEncoded(ReadOnlySpan<byte> codes, float scale, float residual)
    {
        Grow();
        codes.CopyTo(new Span<byte>(Row(Count), Stride));
        *Scale(Count) = scale;
        LargestResidual = Math.Max(LargestResidual, residual);
        Count++;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Grow()
    {
        if (Count / ChunkRows < _chunks.Length)
        {
            return;
        }

        // Small columns (tests, first enrolments) take what they need at most: one chunk that the system fills page by page.
        var bytes = (long)ChunkRows * Stride;
        var chunk = HugePages.Allocate(bytes, isHuge: Count > 0);
        var scales = (nint)NativeMemory.AllocZeroed(ChunkRows * sizeof(float));
        GC.AddMemoryPressure(bytes);
        nint[] grownScales = [.. _scaleChunks, scales];
        nint[] grown = [.. _chunks, chunk];
        Volatile.Write(ref _scaleChunks, grownScales);
        Volatile.Write(ref _chunks, grown);
    }

    private void Free()
    {
        foreach (var chunk in _chunks)
        {
            HugePages.Free(chunk);
            GC.RemoveMemoryPressure((long)ChunkRows * Stride);
        }

        foreach (var chunk in _scaleChunks)
        {
            NativeMemory.Free((void*)chunk);
        }

        _chunks = [];
        _scaleChunks = [];
    }
}
