using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>Two neighbouring pixels of packed RGB, read at once.</summary>
internal static class PixelPair
{
    /// <summary>The bytes that are read: two more than two pixels have.</summary>
    public const int Length = 8;

    /// <summary>
    /// Red, green and blue of the left pixel in lanes 0 to 2, of the right one in lanes 4 to 6; lanes 3 and 7 are of no use. Needs AVX2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref readonly byte pixels, int at)
    {
        var bytes = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref Unsafe.AsRef(in pixels), at));
        var apart = Ssse3.Shuffle(
            Vector128.CreateScalarUnsafe(bytes).AsByte(), Vector128.Create((byte)0, 1, 2, 3, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0));
        return Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(apart));
    }
}
