using BenchmarkDotNet.Attributes;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;

namespace FaceVoice.Benchmarks.Inference.Voices;

/// <summary>What finding and measuring speech costs per three seconds of sound, and what it allocates.</summary>
[MemoryDiagnoser]
public class VoiceBenchmarks
{
    private readonly float[] _samples = new float[3 * AudioClip.SampleRate];
    private readonly VoiceWindowSelector _selector = new();
    private VoiceActivityDetector _detector = null!;
    private VoiceActivity _activity = null!;

    /// <summary>Loads the network and makes sound.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < _samples.Length; i++)
        {
            _samples[i] = 0.2f * (float)((2 * random.NextDouble()) - 1);
        }

        _detector = new VoiceActivityDetector();
        _activity = _detector.FromProbabilities([.. Enumerable.Repeat(0.9f, (_samples.Length + 511) / 512)], _samples.Length);
    }

    /// <summary>Frees the network.</summary>
    [GlobalCleanup]
    public void Cleanup() => _detector.Dispose();

    /// <summary>The activity network over the clip.</summary>
    [Benchmark(Baseline = true)]
    public VoiceActivity Detect() => _detector.Detect(_samples);

    /// <summary>Speech seconds, noise, clipping and bandwidth.</summary>
    [Benchmark]
    public VoiceQuality Measure() => VoiceQualityMeter.Measure(_samples, _activity);

    /// <summary>The best windows.</summary>
    [Benchmark]
    public int SelectWindows() => _selector.Select(_samples, _activity).Count;
}
