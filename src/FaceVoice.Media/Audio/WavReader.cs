using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaceVoice.Media.Audio;

/// <summary>
/// Reads RIFF/WAVE: PCM of 8 to 32 bits and floating point. A WAV with another encoding is not an error here but left to FFmpeg:
/// <see cref="TryOpenAsync"/> gives null. A size beyond the end of the file is a promise only: what is there is read.
/// RIFX, the same with the high byte first, must be read here: FFmpeg 5.1 reads its header and then takes the low byte for the first, which is noise.
/// </summary>
/// <remarks>Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", and WAVEFORMATEXTENSIBLE.</remarks>
internal sealed class WavReader : PcmReader
{
    private const int MostChunksBeforeData = 1_000;
    private const int MostFormatBytes = 1_000;
    private const float LargestMagnitude = 128; // float files overshoot 1; what goes far beyond is not in [-1, 1] at all
    private const uint StreamingSize = 0x7FFF_0000; // and above: the writer did not know the size when it wrote the header
    private readonly Stream _stream;
    private readonly long _dataBytes;
    private readonly IDisposable? _owned;
    private byte[] _bytes = [];
    private long _bytesRead;
    private int _carried;

    private WavReader(Stream stream, WavFormat format, uint claimedBytes, long? presentBytes, IDisposable? owned)
    {
        _stream = stream;
        _owned = owned;
        Format = format;
        Source = new AudioSource(format.SampleRate, format.Channels, format.Codec);
        long? claimed = claimedBytes is 0 or >= StreamingSize ? null : claimedBytes;
        _dataBytes = Math.Min(claimed ?? long.MaxValue, presentBytes ?? long.MaxValue);
        PromisedSeconds = claimed is { } bytes ? Seconds(bytes) : null;
        PresentSeconds = _dataBytes == long.MaxValue ? null : Seconds(_dataBytes);
    }

    /// <summary>Gets how the samples lie.</summary>
    public WavFormat Format { get; }

    /// <inheritdoc/>
    public override AudioSource Source { get; }

    /// <inheritdoc/>
    public override double? PromisedSeconds { get; }

    /// <summary>Gets the length of what is really there, in seconds; null if that shows only in reading.</summary>
    public double? PresentSeconds { get; }

    /// <summary>Reads up to the first sample.</summary>
    /// <param name="stream">The file from its first byte; it stays the caller's.</param>
    /// <param name="length">The file's length if it is known, to tell a file that was cut off.</param>
    /// <param name="limits">Channels and rates.</param>
    /// <param name="owned">Disposed with the reader, if there is one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The reader, or null where the samples are encoded in a way that FFmpeg must decode.</returns>
    public static async Task<WavReader?> TryOpenAsync(
        Stream stream, long? length, MediaLimits limits, IDisposable? owned, CancellationToken cancellationToken)
    {
        var header = await ReadExactlyAsync(stream, 12, cancellationToken).ConfigureAwait(false);
        var isBigEndian = header.AsSpan(0, 4).SequenceEqual("RIFX"u8);
        if (!(isBigEndian || header.AsSpan(0, 4).SequenceEqual("RIFF"u8)) || !header.AsSpan(8, 4).SequenceEqual("WAVE"u8))
        {
            return null; // RF64 and kin
        }

        WavFormat? format = null;
        long position = 12;
        for (var chunk = 0; chunk < MostChunksBeforeData; chunk++)
        {
            var head = await ReadExactlyAsync(stream, 8, cancellationToken).ConfigureAwait(false);
            var size = UInt32(head.AsSpan(4), isBigEndian);
            position += 8;
            if (head.AsSpan(0, 4).SequenceEqual("data"u8))
            {
                return format is null
                    ? throw new CorruptMediaException("The WAV has its samples before their format.")
                    : new WavReader(stream, format, size, length - position, owned);
            }

            var padded = (long)size + (size & 1);
            if (head.AsSpan(0, 4).SequenceEqual("fmt "u8))
            {
                var fields = await ReadExactlyAsync(stream, size <= MostFormatBytes ? (int)padded : throw FormatTooLong(size), cancellationToken).ConfigureAwait(false);
                if ((format = ParseFormat(fields, isBigEndian, limits)) is null)
                {
                    return isBigEndian
                        ? throw new UnsupportedMediaException("The RIFX file holds other samples than PCM or floating point; WAV is read.")
                        : null;
                }
            }
            else
            {
                await SkipAsync(stream, padded, cancellationToken).ConfigureAwait(false);
            }

            position += padded;
        }

        throw new CorruptMediaException($"The WAV has no samples among its first {MostChunksBeforeData} chunks.");
    }

    /// <inheritdoc/>
    /// <exception cref="CorruptMediaException">The file holds what is not a number.</exception>
    public override async ValueTask<int> ReadAsync(Memory<float> interleaved, CancellationToken cancellationToken)
    {
        var frame = Format.BytesPerFrame;
        var wanted = (int)Math.Min((long)(interleaved.Length / Format.Channels) * frame, _dataBytes - _bytesRead + _carried);
        if (_bytes.Length < wanted)
        {
            Array.Resize(ref _bytes, wanted);
        }

        while (_carried < Math.Min(frame, wanted))
        {
            var count = await _stream.ReadAsync(_bytes.AsMemory(_carried, wanted - _carried), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return 0; // what is left of a frame is dropped
            }

            _carried += count;
            _bytesRead += count;
        }

        var frames = wanted < frame ? 0 : _carried / frame;
        Convert(_bytes.AsSpan(0, frames * frame), interleaved.Span[..(frames * Format.Channels)]);
        _carried -= frames * frame;
        _bytes.AsSpan(frames * frame, _carried).CopyTo(_bytes);
        return frames;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _owned?.Dispose();
        return ValueTask.CompletedTask;
    }

    private double Seconds(long bytes) => (double)(bytes / Format.BytesPerFrame) / Format.SampleRate;

    private static CorruptMediaException FormatTooLong(uint size) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The WAV says its format takes {size} bytes."));

    /// <summary>The fields of a <c>fmt </c> chunk; null for encodings that are left to FFmpeg.</summary>
    private static WavFormat? ParseFormat(ReadOnlySpan<byte> fields, bool isBigEndian, MediaLimits limits)
    {
        const int pcm = 1;
        const int ieeeFloat = 3;
        const int extensible = 0xFFFE;
        if (fields.Length < 16)
        {
            throw new CorruptMediaException($"The WAV's format has {fields.Length} bytes; 16 are needed.");
        }

        int tag = UInt16(fields, isBigEndian);
        int channels = UInt16(fields[2..], isBigEndian);
        var rate = UInt32(fields[4..], isBigEndian);
        int block = UInt16(fields[12..], isBigEndian);
        int bits = UInt16(fields[14..], isBigEndian);
        if (tag == extensible && fields.Length >= 26)
        {
            tag = UInt16(fields[24..], isBigEndian);
        }

        LimitChecks.Sound((int)Math.Min(rate, int.MaxValue), channels, limits);
        WavFormat? format = (tag, bits) switch
        {
            (pcm, 8 or 16 or 24 or 32) => new(WavEncoding.Integer, (int)rate, channels, bits, isBigEndian),
            (ieeeFloat, 32 or 64) => new(WavEncoding.Float, (int)rate, channels, bits, isBigEndian),
            _ => null,
        };
        return format is null || format.BytesPerFrame == block
            ? format
            : throw new CorruptMediaException($"The WAV says {channels} channels of {bits} bits take {block} bytes.");
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static async Task<byte[]> ReadExactlyAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        var read = await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == count ? bytes : throw new CorruptMediaException("The WAV is cut off before its first sample.");
    }

    private static async Task SkipAsync(Stream stream, long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(count, 64 << 10)];
        while (count > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellationToken).ConfigureAwait(false);
            count -= read > 0 ? read : throw new CorruptMediaException("The WAV is cut off before its first sample.");
        }
    }

    private void Convert(Span<byte> bytes, Span<float> samples)
    {
        for (var at = 0; Format.IsBigEndian && at < bytes.Length; at += Format.BytesPerSample)
        {
            bytes.Slice(at, Format.BytesPerSample).Reverse();
        }

        switch (Format.Encoding, Format.BitsPerSample)
        {
            case (WavEncoding.Integer, 16):
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, short>(bytes), samples);
                TensorPrimitives.Multiply(samples, 1f / 32_768, samples);
                return;
            case (WavEncoding.Float, 32):
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(samples);
                break;
            default:
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = Sample(bytes[(i * Format.BytesPerSample)..]);
                }

                break;
        }

        if (Format.Encoding == WavEncoding.Float)
        {
            RefuseWild(samples);
        }
    }

    private float Sample(ReadOnlySpan<byte> bytes) => (Format.Encoding, Format.BitsPerSample) switch
    {
        (WavEncoding.Integer, 8) => (bytes[0] - 128) * (1f / 128),
        (WavEncoding.Integer, 24) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) * (1f / 2_147_483_648f),
        (WavEncoding.Integer, _) => BinaryPrimitives.ReadInt32LittleEndian(bytes) * (1f / 2_147_483_648f),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };

    private static void RefuseWild(ReadOnlySpan<float> samples)
    {
        foreach (var sample in samples)
        {
            if (!(Math.Abs(sample) <= LargestMagnitude))
            {
                throw new CorruptMediaException(string.Create(
                    CultureInfo.InvariantCulture, $"The audio holds the sample {sample:G4}; floating-point audio is expected within [-1, 1]."));
            }
        }
    }
}
