using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>
/// A vector made ready to be compared with rows of a <see cref="CodeMatrix"/>: its codes as signed bytes, and their magnitudes for processors without a
/// byte dot product of mixed signs. Holds native memory; one thread at a time.
/// </summary>
internal sealed unsafe class CodeQuery : IDisposable
{
    private readonly byte* _memory;
    private readonly int _stride;

    public CodeQuery(int dimensions)
    {
        Dimensions = dimensions;
        _stride = (dimensions + 31) & ~31;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(_stride * 3), 64);
    }

    ~CodeQuery() => NativeMemory.AlignedFree(_memory);

    public int Dimensions { get; }

    /// <summary>Padded length in bytes; the rows' stride.</summary>
    public int Stride => _stride;

    /// <summary>The codes, padded with zero.</summary>
    public sbyte* Codes => (sbyte*)_memory;

    /// <summary>The codes without their signs.</summary>
    public byte* Magnitudes => _memory + _stride;

    /// <summary>What one unit of a code is worth.</summary>
    public float Scale { get; private set; }

    /// <summary>128 times the sum of the codes: what the rows' offset adds to a dot product.</summary>
    public int Bias { get; private set; }

    /// <summary>The Euclidean length of what rounding lost.</summary>
    public float Residual { get; private set; }

    /// <summary>Takes a float vector of unit length.</summary>
    public void Set(ReadOnlySpan<float> vector)
    {
        var stored = new Span<byte>(_memory + (_stride * 2), _stride);
        Scale = Quantizer.Encode(vector, stored, out var residual);
        Residual = residual;
        Load(stored);
    }

    /// <summary>Takes a row of a matrix.</summary>
    public void Set(CodeMatrix matrix, int slot)
    {
        Scale = *matrix.Scale(slot);
        Residual = 0;
        Load(new ReadOnlySpan<byte>(matrix.Row(slot), _stride));
    }

    /// <summary>How far an estimate can lie from the true cosine, for rows whose own rounding lost at most <paramref name="rowResidual"/>.</summary>
    /// <remarks>q·x − q̂·x̂ = (q − q̂)·x + q̂·(x − x̂), each term bounded by Cauchy–Schwarz for unit x; the last term covers float32 arithmetic.</remarks>
    public float ErrorBound(float rowResidual) => Residual + ((1 + Residual) * rowResidual) + 2e-5f;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        GC.SuppressFinalize(this);
    }

    private void Load(ReadOnlySpan<byte> stored)
    {
        var codes = Codes;
        var magnitudes = Magnitudes;
        var sum = 0;
        for (var i = 0; i < _stride; i++)
        {
            var code = stored[i] - Quantizer.Zero;
            codes[i] = (sbyte)code;
            magnitudes[i] = (byte)Math.Abs(code);
            sum += code;
        }

        Bias = Quantizer.Zero * sum;
    }
}
