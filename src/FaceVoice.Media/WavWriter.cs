using System.Buffers.Binary;

namespace FaceVoice.Media;

/// <summary>Writes clips as RIFF/WAVE, PCM signed 16 bit, mono, 16 kHz. Thread-safe.</summary>
public static class WavWriter
{
    /// <summary>The bytes of a file before its samples.</summary>
    public const int HeaderBytes = 44;

    /// <summary>The bytes of a whole file.</summary>
    /// <remarks>A sample becomes <c>round(x * 32768)</c>, clamped to 16 bits; what is not a number becomes 0.</remarks>
    /// <param name="samples">Mono, 16 kHz, nominally in [-1, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The file would reach 2 GiB (18 hours).</exception>
    public static byte[] Encode(ReadOnlySpan<float> samples)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples.Length, (Array.MaxLength - HeaderBytes) / 2, nameof(samples));
        var file = new byte[HeaderBytes + (samples.Length * 2)];
        WriteHeader(file, samples.Length * 2);
        var data = file.AsSpan(HeaderBytes);
        for (var i = 0; i < samples.Length; i++)
        {
            var scaled = float.IsNaN(samples[i]) ? 0 : Math.Clamp(MathF.Round(samples[i] * 32768f), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(data[(i * 2)..], (short)scaled);
        }

        return file;
    }

    /// <summary>Writes a file, replacing one of that name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clip">The sound.</param>
    /// <inheritdoc cref="Encode" path="/exception"/>
    public static void Write(string path, AudioClip clip)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(clip);
        File.WriteAllBytes(path, Encode(clip.Samples.Span));
    }

    private static void WriteHeader(Span<byte> header, int dataBytes)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], HeaderBytes - 8 + dataBytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1); // channels
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], AudioClip.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], AudioClip.SampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], dataBytes);
    }
}
