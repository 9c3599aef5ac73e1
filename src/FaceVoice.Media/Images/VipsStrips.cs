namespace FaceVoice.Media.Images;

/// <summary>
/// Reads a native picture from top to bottom on the caller's thread. The library's own way out starts a worker for every picture and hands each strip over:
/// with all cores at work, decoding then waits for the scheduler more than it computes.
/// </summary>
internal static unsafe class VipsStrips
{
    /// <summary>Rows fetched at once: a strip stays in the cache between the library's copy and ours.</summary>
    private const int Rows = 16;

    /// <summary>Fills <paramref name="pixels"/> with a picture of the same size, three bands and bytes.</summary>
    /// <returns>False where the library fails; it then has the reason.</returns>
    public static bool TryRead(nint image, RgbImage pixels)
    {
        var region = VipsNative.RegionOf(image);
        if (region == 0)
        {
            return false;
        }

        try
        {
            for (var top = 0; top < pixels.Height; top += Rows)
            {
                if (!TryRead(region, pixels, top, Math.Min(Rows, pixels.Height - top)))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            VipsNative.Release(region);
        }
    }

    private static bool TryRead(nint region, RgbImage pixels, int top, int rows)
    {
        var strip = VipsNative.FetchRegion(region, 0, top, pixels.Width, rows, out var length);
        if (strip == 0)
        {
            return false;
        }

        try
        {
            new ReadOnlySpan<byte>((void*)strip, checked((int)length)).CopyTo(pixels.Pixels.Slice(top * pixels.Stride, rows * pixels.Stride));
            return true;
        }
        finally
        {
            VipsNative.Free(strip);
        }
    }
}
