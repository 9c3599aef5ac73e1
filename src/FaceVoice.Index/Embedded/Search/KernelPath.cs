namespace FaceVoice.Index.Embedded.Search;

/// <summary>The instructions that a kernel uses; all give the same integers.</summary>
internal enum KernelPath
{
    /// <summary>One multiplication at a time.</summary>
    Plain,

    /// <summary>128-bit vectors of any processor.</summary>
    Vector128,

    /// <summary>AVX2: bytes widened to 16 bits, multiply-add of pairs.</summary>
    Avx2,

    /// <summary>AVX-VNNI: byte dot products in one instruction.</summary>
    AvxVnni,
}
