using FaceVoice.Inference.Voices;
using FaceVoice.Media;

namespace FaceVoice.Inference.Tests.Voices;

public sealed class VoiceQualityMeterTests(SpeechFixture speech, ITestOutputHelper output) : IClassFixture<SpeechFixture>
{
    [Fact]
    public async Task Measure_TelephoneAtFullRate_ShowsItsBandwidth()
    {
        foreach (var clip in await speech.RecordingsAsync(8))
        {
            var wide = Measure(clip.Samples.Span).BandwidthHz;
            var telephone = Measure(TestSounds.Telephone(clip.Samples.Span, 3400)).BandwidthHz;
            output.WriteLine($"wide {wide:F0} Hz, telephone {telephone:F0} Hz");
            Assert.InRange(wide, 5500, 8000);
            Assert.InRange(telephone, 2500, 4200);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(15)]
    public async Task Measure_AddedNoise_EstimatesTheRatio(double decibels)
    {
        foreach (var clip in await speech.RecordingsAsync(6))
        {
            // Speech power is that of its voiced frames, as the estimate means it.
            var activity = speech.Detector.Detect(clip.Samples.Span);
            var power = FramePower(clip.Samples.Span, activity);
            var level = (float)Math.Sqrt(3 * power / Math.Pow(10, decibels / 10));
            var noisy = TestSounds.Join(TestSounds.Add(clip.Samples.Span, TestSounds.Noise(clip.Seconds + 1, level, 9)));
            var estimate = VoiceQualityMeter.Measure(noisy, activity).SignalToNoiseDb;
            output.WriteLine($"{decibels} dB added, {estimate:F1} dB estimated");
            Assert.InRange(estimate, decibels - 4, decibels + 4);
        }
    }

    [Fact]
    public async Task Measure_CutOffSpeech_ShowsClipping()
    {
        var clip = (await speech.RecordingsAsync(4))[1];
        var peak = clip.Samples.ToArray().Max(Math.Abs);
        Assert.InRange(Measure(clip.Samples.Span).ClippingShare, 0, 0.002f);
        Assert.InRange(Measure(TestSounds.Clip(clip.Samples.Span, peak * 0.2f)).ClippingShare, 0.005f, 0.6f);
    }

    [Fact]
    public void Measure_LoudCleanTone_IsNotClipped() =>
        Assert.Equal(0, Measure(TestSounds.Tone(2, 0.9f, 100)).ClippingShare);

    [Fact]
    public void Measure_SquareWave_IsClipped() =>
        Assert.InRange(Measure(TestSounds.Clip(TestSounds.Tone(2, 1, 100), 0.1f)).ClippingShare, 0.5f, 1);

    [Fact]
    public void Measure_Silence_IsAllZero()
    {
        var quality = Measure(new float[AudioClip.SampleRate]);
        Assert.Equal((0, 0, 0, 0), (quality.SpeechSeconds, quality.SignalToNoiseDb, quality.ClippingShare, quality.BandwidthHz));
    }

    private static double FramePower(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        double sum = 0;
        var frames = 0;
        for (var frame = 0; (frame + 1) * 512 <= samples.Length; frame++)
        {
            if (activity.Probabilities.Span[frame] >= 0.5f)
            {
                frames++;
                foreach (var sample in samples.Slice(frame * 512, 512))
                {
                    sum += sample * sample;
                }
            }
        }

        return sum / (512.0 * frames);
    }

    private VoiceQuality Measure(ReadOnlySpan<float> samples) => VoiceQualityMeter.Measure(samples, speech.Detector.Detect(samples));
}
