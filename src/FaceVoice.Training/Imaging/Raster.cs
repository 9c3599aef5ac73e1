using System.Buffers.Binary;
using System.IO.Compression;

namespace FaceVoice.Training.Imaging;

/// <summary>A small RGB picture for displays: heat maps and scatter plots. Not thread-safe.</summary>
public sealed class Raster
{
    private readonly byte[] _pixels;

    /// <summary>Makes a white picture.</summary>
    /// <param name="width">Pixels across, 1 to 8,192.</param>
    /// <param name="height">Pixels down, 1 to 8,192.</param>
    public Raster(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 8192);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 8192);
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * 3];
        _pixels.AsSpan().Fill(255);
    }

    /// <summary>Gets the pixels across.</summary>
    public int Width { get; }

    /// <summary>Gets the pixels down.</summary>
    public int Height { get; }

    /// <summary>Paints a filled rectangle, cut at the edges.</summary>
    /// <param name="x">Left edge.</param>
    /// <param name="y">Upper edge.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="color">0xRRGGBB.</param>
    public void Fill(int x, int y, int width, int height, int color)
    {
        for (var row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            for (var column = Math.Max(0, x); column < Math.Min(Width, x + width); column++)
            {
                var at = ((row * Width) + column) * 3;
                (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
            }
        }
    }

    /// <summary>Draws a matrix as squares from dark blue (lowest) over white to red (highest).</summary>
    /// <param name="values">[rows, columns], row-major.</param>
    /// <param name="columns">Values a row.</param>
    /// <param name="cell">Pixels a side of each square.</param>
    /// <param name="low">The value painted darkest blue.</param>
    /// <param name="high">The value painted darkest red.</param>
    public static Raster HeatMap(ReadOnlySpan<float> values, int columns, int cell = 8, float low = -1, float high = 1)
    {
        var rows = values.Length / columns;
        var raster = new Raster(columns * cell, rows * cell);
        for (var i = 0; i < values.Length; i++)
        {
            var t = Math.Clamp((values[i] - low) / (high - low), 0, 1);
            t = float.IsNaN(t) ? 0 : t;
            var fade = (int)(255 * (1 - Math.Abs((2 * t) - 1)));
            var color = t < 0.5 ? (fade << 16) | (fade << 8) | 255 : (255 << 16) | (fade << 8) | fade;
            raster.Fill(i % columns * cell, i / columns * cell, cell, cell, color);
        }

        return raster;
    }

    /// <summary>Encodes the picture as PNG.</summary>
    public byte[] ToPng()
    {
        using var output = new MemoryStream();
        output.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Height);
        (header[8], header[9]) = (8, 2); // 8 bits a channel, RGB
        WriteChunk(output, "IHDR"u8, header);
        WriteChunk(output, "IDAT"u8, Compress());
        WriteChunk(output, "IEND"u8, []);
        return output.ToArray();
    }

    private byte[] Compress()
    {
        using var memory = new MemoryStream();
        using (var zlib = new ZLibStream(memory, CompressionLevel.Fastest))
        {
            for (var row = 0; row < Height; row++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(_pixels, row * Width * 3, Width * 3);
            }
        }

        return memory.ToArray();
    }

    private static void WriteChunk(MemoryStream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        output.Write(number);
        output.Write(type);
        output.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(data, Crc(type, uint.MaxValue)));
        output.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> data, uint crc)
    {
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return crc;
    }
}
