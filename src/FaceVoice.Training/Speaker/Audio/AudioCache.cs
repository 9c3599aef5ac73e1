using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace FaceVoice.Training.Speaker.Audio;

/// <summary>
/// Decoded recordings as 16-bit samples in one memory-mapped file, so that no epoch decodes anything. Made by <see cref="AudioCacheBuilder"/>.
/// Thread-safe for reading.
/// </summary>
public sealed class AudioCache : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly CachedSpan[] _spans;
    private bool _disposed;

    internal AudioCache(string samplesPath, CachedSpan[] spans)
    {
        _spans = spans;
        if (new FileInfo(samplesPath).Length == 0)
        {
            return;
        }

        _file = MemoryMappedFile.CreateFromFile(samplesPath, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Gets the number of recordings, in the order of the data set that the cache was made for.</summary>
    public int Count => _spans.Length;

    /// <summary>Gets the length of all recordings together, in seconds.</summary>
    public double TotalSeconds => _spans.Sum(s => (long)s.Samples) / 16_000.0;

    /// <summary>Tells the length of a recording, in samples at 16 kHz; 0 where its file could not be decoded.</summary>
    /// <param name="index">Which recording.</param>
    public int Length(int index) => _spans[index].Samples;

    /// <summary>Copies a part of a recording, as floats in [-1, 1); past its end it starts again from the beginning.</summary>
    /// <param name="index">Which recording; it must not be empty.</param>
    /// <param name="start">First sample, from 0 to the recording's length less one.</param>
    /// <param name="destination">Is filled to its end.</param>
    public void Read(int index, int start, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var span = _spans[index];
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start, span.Samples);
        var pcm = ArrayPool<short>.Shared.Rent(Math.Min(span.Samples, destination.Length));
        while (!destination.IsEmpty)
        {
            var source = pcm.AsSpan(0, Math.Min(span.Samples - start, destination.Length));
            _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)(span.Offset + start) * sizeof(short), source);
            TensorPrimitives.ConvertChecked<short, float>(source, destination);
            TensorPrimitives.Multiply(destination[..source.Length], 1f / 32_768, destination);
            destination = destination[source.Length..];
            start = 0;
        }

        ArrayPool<short>.Shared.Return(pcm);
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _view?.Dispose();
            _file?.Dispose();
        }
    }

    /// <summary>Converts samples for the file, with saturation.</summary>
    internal static byte[] ToPcm(ReadOnlySpan<float> samples)
    {
        var bytes = new byte[samples.Length * sizeof(short)];
        var pcm = MemoryMarshal.Cast<byte, short>(bytes.AsSpan());
        for (var i = 0; i < pcm.Length; i++)
        {
            pcm[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32_768), short.MinValue, short.MaxValue);
        }

        return bytes;
    }
}

/// <summary>Where one recording lies in the cache's sample file.</summary>
/// <param name="Sha256">Hash of the source file's bytes, hexadecimal: the key.</param>
/// <param name="Offset">First sample.</param>
/// <param name="Samples">Number of samples, 16 kHz; 0 where the file could not be decoded.</param>
internal sealed record CachedSpan(string Sha256, long Offset, int Samples);

/// <summary>What tells, without reading it, that a file is still the one that was hashed.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Modified">Time of last change, UTC ticks.</param>
/// <param name="Sha256">The hash that belongs to it.</param>
internal sealed record FileStamp(string Path, long Bytes, long Modified, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CachedSpan))]
[JsonSerializable(typeof(FileStamp))]
internal sealed partial class AudioCacheJson : JsonSerializerContext;
