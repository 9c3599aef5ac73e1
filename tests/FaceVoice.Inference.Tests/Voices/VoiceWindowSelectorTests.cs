using FaceVoice.Inference.Voices;
using FaceVoice.Media;

namespace FaceVoice.Inference.Tests.Voices;

public sealed class VoiceWindowSelectorTests
{
    private const int Rate = AudioClip.SampleRate;

    [Fact]
    public void Select_SpeechInOnePlace_TakesTheWindowOverIt()
    {
        var window = Select(Noise(20), (8, 3)).MaxBy(candidate => candidate.SpeechShare);
        Assert.InRange(window.StartSeconds, 7.8, 8.2);
        Assert.InRange(window.SpeechShare, 0.9f, 1);
    }

    [Fact]
    public void Select_MuchSpeech_OverlapsLittle()
    {
        var windows = Select(Noise(20), (0, 20));
        Assert.Equal(4, windows.Count);
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.Second.Start - pair.First.Start >= (int)(2.25 * Rate)));
    }

    [Fact]
    public void Select_ClippedHalf_TakesTheOther()
    {
        var samples = Noise(12);
        for (var i = 0; i < 6 * Rate; i++)
        {
            samples[i] = Math.Clamp(samples[i] * 20, -1, 1);
        }

        var windows = Select(samples, (0, 12));
        Assert.Contains(windows, window => window.ClippingShare == 0 && window.StartSeconds >= 6);
        Assert.True(Select(samples, new VoiceWindowOptions { MaxWindows = 1 }, (0, 12))[0].StartSeconds >= 6);
    }

    [Fact]
    public void Select_ShorterThanAWindow_TakesAll()
    {
        var window = Assert.Single(Select(Noise(2), (0, 2)));
        Assert.Equal((0, 2 * Rate), (window.Start, window.Length));
    }

    [Fact]
    public void Select_TooLittleSpeech_TakesNone() => Assert.Empty(Select(Noise(10), (4, 0.5)));

    [Fact]
    public void Select_NothingAtAll_TakesNone() => Assert.Empty(Select([]));

    [Fact]
    public void Select_SpeechAtTheVeryEnd_ReachesIt()
    {
        var samples = Noise(10.013);
        var window = Assert.Single(Select(samples, (7.013, 3)));
        Assert.Equal(samples.Length, window.Start + window.Length);
    }

    [Fact]
    public void Select_ActivityOfAnotherClip_IsRefused() =>
        Assert.Throws<ArgumentException>("activity", () => new VoiceWindowSelector().Select(new float[100], Activity(200)));

    private static float[] Noise(double seconds) => TestSounds.Noise(seconds, 0.3f);

    private static IReadOnlyList<VoiceWindow> Select(float[] samples, params (double Start, double Seconds)[] speech) =>
        Select(samples, new VoiceWindowOptions(), speech);

    private static IReadOnlyList<VoiceWindow> Select(
        float[] samples, VoiceWindowOptions options, params (double Start, double Seconds)[] speech) =>
        new VoiceWindowSelector(options).Select(samples, Activity(samples.Length, speech));

    private static VoiceActivity Activity(int count, params (double Start, double Seconds)[] speech) =>
        new(count, new float[(count + 511) / 512], [.. speech.Select(part => new SpeechSegment((int)(part.Start * Rate), (int)Math.Round(part.Seconds * Rate)))]);
}
