using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace FaceVoice.Datasets.Spectra;

/// <summary>
/// The speaker encoders' log-mel features on the processor, fast enough to run behind every training crop. The same numbers as the features
/// inside the exported encoder: 25 ms periodic Hamming windows every 10 ms around zero-padded samples, 400-point spectrum, SpeechBrain's
/// mel filters, decibel with an 80 dB range below the loudest value. Thread-safe.
/// </summary>
public sealed class LogMelFrontEnd
{
    /// <summary>The distance of frames: 160 samples, 10 ms.</summary>
    public const int Hop = 160;
    private const int Window = MelFilters.WindowLength;
    private const int Half = Window / 2;
    private const int Lanes = 8;

    [ThreadStatic]
    private static Vector256<float>[]? _scratch;

    private readonly MixedRadixFourier _fourier = new(Half);
    private readonly float[] _window = Array.ConvertAll(MelFilters.HammingWindow(Window), value => (float)value);
    private readonly float[] _cosines = new float[Half + 1];
    private readonly float[] _sines = new float[Half + 1];
    private readonly int[] _firstBin; // of each filter
    private readonly float[][] _weights; // of each filter from its first bin on; none for a filter that falls between two bins

    /// <summary>Prepares the filters.</summary>
    /// <param name="bands">Mel bands.</param>
    public LogMelFrontEnd(int bands = 80)
    {
        Bands = bands;
        (_firstBin, _weights) = (new int[bands], new float[bands][]);
        var matrix = MelFilters.Matrix(bands);
        for (var band = 0; band < bands; band++)
        {
            var weights = Enumerable.Range(0, MelFilters.FrequencyBins).Select(k => (float)matrix[(k * bands) + band]).ToArray();
            _firstBin[band] = Math.Max(0, Array.FindIndex(weights, weight => weight > 0));
            _weights[band] = [.. weights.Skip(_firstBin[band]).TakeWhile(weight => weight > 0)];
        }

        for (var k = 0; k <= Half; k++)
        {
            (var sine, var cosine) = Math.SinCos(-2 * Math.PI * k / Window);
            (_cosines[k], _sines[k]) = ((float)cosine, (float)sine);
        }
    }

    /// <summary>Gets the number of mel bands: the length of a frame.</summary>
    public int Bands { get; }

    /// <summary>Gets how many frames a clip gives.</summary>
    /// <param name="samples">Samples at 16 kHz.</param>
    public static int FrameCount(int samples) => 1 + (samples / Hop);

    /// <summary>Computes features in decibel, the mean of each band over time taken out if asked.</summary>
    /// <param name="samples">Mono at 16 kHz, at least one.</param>
    /// <param name="features">Receives <c>[Bands, frames]</c>, row-major, <c>frames = 1 + samples / 160</c>.</param>
    /// <param name="subtractMean">Whether each band's mean over time is subtracted.</param>
    public void Extract(ReadOnlySpan<float> samples, Span<float> features, bool subtractMean = true)
    {
        var frames = FrameCount(samples.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Length, Bands * frames, nameof(features));
        for (var frame = 0; frame < frames; frame += Lanes)
        {
            Energies(samples, frame, Math.Min(Lanes, frames - frame), frames, features);
        }

        TensorPrimitives.Max(features, 1e-10f, features);
        TensorPrimitives.Log10(features, features);
        TensorPrimitives.Multiply(features, 10f, features);
        TensorPrimitives.Max(features, TensorPrimitives.Max<float>(features) - 80f, features);
        if (subtractMean)
        {
            for (var band = 0; band < Bands; band++)
            {
                var row = features.Slice(band * frames, frames);
                TensorPrimitives.Subtract(row, TensorPrimitives.Sum<float>(row) / frames, row);
            }
        }
    }

    private void Energies(ReadOnlySpan<float> samples, int frame, int count, int frames, Span<float> features)
    {
        var scratch = (_scratch ??= new Vector256<float>[(4 * Half) + MelFilters.FrequencyBins]).AsSpan();
        var re = scratch[..Half];
        var im = scratch[Half..(2 * Half)];
        var re2 = scratch[(2 * Half)..(3 * Half)];
        var im2 = scratch[(3 * Half)..(4 * Half)];
        var power = scratch[(4 * Half)..];
        Load(samples, frame, re, im);
        if (_fourier.Transform(re, im, re2, im2))
        {
            re = re2;
            im = im2;
        }

        // The even samples were the real part, the odd ones the imaginary part: take the two half-length spectra apart and join them.
        for (var k = 0; k <= Half; k++)
        {
            var (a, b) = (k % Half, (Half - k) % Half);
            var (er, ei) = ((re[a] + re[b]) * 0.5f, (im[a] - im[b]) * 0.5f);
            var (or, oi) = ((im[a] + im[b]) * 0.5f, (re[b] - re[a]) * 0.5f);
            var xr = er + (or * _cosines[k]) - (oi * _sines[k]);
            var xi = ei + (or * _sines[k]) + (oi * _cosines[k]);
            power[k] = (xr * xr) + (xi * xi);
        }

        Span<float> lanes = stackalloc float[Lanes];
        for (var band = 0; band < Bands; band++)
        {
            var sum = Vector256<float>.Zero;
            var weights = _weights[band];
            for (var i = 0; i < weights.Length; i++)
            {
                sum += power[_firstBin[band] + i] * weights[i];
            }

            sum.CopyTo(lanes);
            lanes[..count].CopyTo(features[((band * frames) + frame)..]);
        }
    }

    private void Load(ReadOnlySpan<float> samples, int frame, Span<Vector256<float>> re, Span<Vector256<float>> im)
    {
        Span<float> block = stackalloc float[Window + ((Lanes - 1) * Hop)];
        var start = (frame * Hop) - Half;
        var from = Math.Max(0, start);
        var to = Math.Min(samples.Length, start + block.Length);
        block.Clear();
        if (to > from)
        {
            samples[from..to].CopyTo(block[(from - start)..]);
        }

        for (var n = 0; n < Half; n++)
        {
            var i = 2 * n;
            re[n] = Gather(block, i) * _window[i];
            im[n] = Gather(block, i + 1) * _window[i + 1];
        }
    }

    private static Vector256<float> Gather(ReadOnlySpan<float> block, int i) => Vector256.Create(
        block[i], block[i + Hop], block[i + (2 * Hop)], block[i + (3 * Hop)],
        block[i + (4 * Hop)], block[i + (5 * Hop)], block[i + (6 * Hop)], block[i + (7 * Hop)]);
}
