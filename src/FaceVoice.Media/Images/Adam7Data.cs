using System.Buffers;
using System.IO.Compression;
using FaceVoice.Media.Audio;

namespace FaceVoice.Media.Images;

/// <summary>How many bytes the rows of an interlaced PNG take, and how many there are.</summary>
internal static class Adam7Data
{
    /// <summary>From this width on each pass has a column: the second begins at the fifth.</summary>
    public const int NarrowestWithAllPasses = 5;

    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>The inflated length: for each pass that has pixels its rows, each with a filter byte.</summary>
    public static long Length(int width, int height, int bitsPerPixel)
    {
        long length = 0;
        foreach (var (x, y, stepX, stepY) in Passes)
        {
            long columns = (width - x + stepX - 1) / stepX, rows = (height - y + stepY - 1) / stepY;
            length += columns > 0 && rows > 0 ? rows * (1 + (((columns * bitsPerPixel) + 7) / 8)) : 0;
        }

        return length;
    }

    /// <summary>Inflates the data chunks, counting, until they end or <paramref name="enough"/> is reached.</summary>
    public static long Measure(ReadOnlyMemory<byte> file, IReadOnlyList<Range> chunks, long enough)
    {
        var joined = new ArrayBufferWriter<byte>();
        foreach (var chunk in chunks)
        {
            joined.Write(file.Span[chunk]);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            using var inflated = new ZLibStream(new ReadOnlyMemoryStream(joined.WrittenMemory), CompressionMode.Decompress);
            long length = 0;
            while (length < enough && inflated.Read(buffer) is var read and > 0)
            {
                length += read;
            }

            return length;
        }
        catch (InvalidDataException error)
        {
            throw new CorruptMediaException("The PNG is damaged: its data cannot be inflated.", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
