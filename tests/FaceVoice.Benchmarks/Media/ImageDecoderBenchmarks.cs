using BenchmarkDotNet.Attributes;
using FaceVoice.Media;

namespace FaceVoice.Benchmarks.Media;

/// <summary>Milliseconds per picture; divide by <see cref="Megapixels"/> for ms per megapixel. Baseline: copying the decoded bytes once.</summary>
[MemoryDiagnoser]
public class ImageDecoderBenchmarks
{
    private readonly ImageDecoder _decoder = new(new MediaLimits());
    private byte[] _jpeg = [];
    private byte[] _png = [];
    private byte[] _pixels = [];
    private byte[] _copy = [];

    /// <summary>Size of the picture.</summary>
    [Params(0.25, 2, 12)]
    public double Megapixels { get; set; }

    /// <summary>Makes a picture with smooth areas and some noise, as photographs have.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var width = (int)Math.Sqrt(Megapixels * 1e6 * 4 / 3);
        using var image = RgbImage.Allocate(width, width * 3 / 4);
        var random = new Random(1);
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Row(y);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (byte)(127 + (90 * Math.Sin(i * 0.004) * Math.Cos(y * 0.01)) + random.Next(12));
            }
        }

        _jpeg = ImageEncoder.EncodeJpeg(image, 88);
        _png = ImageEncoder.EncodePng(image);
        _pixels = image.Pixels.ToArray();
        _copy = new byte[_pixels.Length];
    }

    /// <summary>The memory bandwidth that a decoded picture costs at least.</summary>
    [Benchmark(Baseline = true)]
    public void CopyPixels() => _pixels.CopyTo(_copy, 0);

    /// <summary>JPEG, quality 88, 4:2:0.</summary>
    [Benchmark]
    public void DecodeJpeg() => _decoder.Decode(_jpeg).Dispose();

    /// <summary>PNG.</summary>
    [Benchmark]
    public void DecodePng() => _decoder.Decode(_png).Dispose();
}
