using BenchmarkDotNet.Attributes;
using FaceVoice.Media;

namespace FaceVoice.Benchmarks.Media;

/// <summary>Ten seconds of sound. Baseline: WAV that needs no other rate, the path of a service call.</summary>
[MemoryDiagnoser]
public class AudioDecoderBenchmarks
{
    private const int Seconds = 10;
    private readonly AudioDecoder _decoder = new(new MediaLimits());
    private byte[] _native = [];
    private byte[] _resampled = [];
    private byte[] _muLaw = [];

    /// <summary>Makes the files.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var samples = Enumerable.Range(0, Seconds * 48_000).Select(i => 0.3f * MathF.Sin(i * 0.03f)).ToArray();
        _native = WavWriter.Encode(samples.AsSpan(0, Seconds * AudioClip.SampleRate));
        _resampled = WavWriter.Encode(samples);
        BitConverter.TryWriteBytes(_resampled.AsSpan(24), 48_000);
        BitConverter.TryWriteBytes(_resampled.AsSpan(28), 96_000);
        _muLaw = (byte[])_native.Clone();
        BitConverter.TryWriteBytes(_muLaw.AsSpan(20), (short)7); // only FFmpeg reads this
        BitConverter.TryWriteBytes(_muLaw.AsSpan(32), (short)1);
        BitConverter.TryWriteBytes(_muLaw.AsSpan(34), (short)8);
    }

    /// <summary>16 kHz PCM.</summary>
    [Benchmark(Baseline = true)]
    public Task<AudioClip> Wav16Kilohertz() => _decoder.DecodeAsync(_native);

    /// <summary>48 kHz PCM through the resampler.</summary>
    [Benchmark]
    public Task<AudioClip> Wav48Kilohertz() => _decoder.DecodeAsync(_resampled);

    /// <summary>The cost of FFprobe and FFmpeg as processes.</summary>
    [Benchmark]
    public Task<AudioClip> ThroughFfmpeg() => _decoder.DecodeAsync(_muLaw);
}
