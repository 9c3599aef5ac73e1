using FaceVoice.Media.Audio;

namespace FaceVoice.Media.Tests.Audio;

public sealed class ChannelMixerTests
{
    private const int Frames = 96_000;
    private static readonly float[] Voice = Babble(seed: 1);
    private static readonly float[] OtherVoice = Babble(seed: 2);
    private static readonly float[] Hiss = Noise(seed: 3);

    [Fact]
    public void Mix_SameOnAllChannels_IsTheAverage() => AssertMix(channel: null, Voice, Voice, i => Voice[i]);

    [Fact]
    public void Mix_OneSidedStereo_IsTheAverage() => AssertMix(channel: null, Voice, new float[Frames], i => Voice[i] / 2);

    [Fact]
    public void Mix_CentreOfSurround_IsTheAverage()
    {
        var silence = new float[Frames];
        var mixer = new ChannelMixer(6);
        var mono = new float[Frames];
        mixer.Mix(Interleave(silence, silence, Voice, silence, silence, silence), mono);
        Assert.Null(mixer.Channel);
        Assert.Equal(Voice[777] / 6, mono[777], 1e-6f);
    }

    [Fact]
    public void Mix_OneChannelInverted_TakesOne() => AssertMix(channel: 1, Voice, Scale(Voice, -1), i => Voice[i]);

    [Fact]
    public void Mix_NearlyInverted_TakesTheLouder() => AssertMix(channel: 2, Scale(Voice, -0.9f), Voice, i => Voice[i]);

    [Fact]
    public void Mix_NoiseBesideSpeech_TakesTheSpeech() => AssertMix(channel: 2, Hiss, Scale(Voice, 0.3f), i => Voice[i] * 0.3f);

    [Fact]
    public void Mix_WideStereo_IsTheAverage()
    {
        var (left, right) = (Sum(Voice, Scale(OtherVoice, 0.1f)), Sum(Voice, Scale(OtherVoice, -0.1f)));
        AssertMix(channel: null, left, right, i => Voice[i]);
    }

    [Fact]
    public void Mix_TwoSpeakers_KeepsToOneEvenWhenTheOtherIsALittleLouderLater()
    {
        var mixer = new ChannelMixer(2);
        mixer.Mix(Interleave(Voice, Scale(OtherVoice, 0.9f)), new float[Frames]);
        var first = mixer.Channel;
        var mono = new float[Frames];
        mixer.Mix(Interleave(Scale(Voice, 0.9f), OtherVoice), mono);
        Assert.NotNull(first);
        Assert.Equal(3 - first, mixer.OtherVoice);
        Assert.Equal(first, mixer.Channel);
    }

    [Fact]
    public void Mix_Silence_IsSilenceAndChangesNothing()
    {
        var mixer = new ChannelMixer(2);
        mixer.Mix(Interleave(Voice, Scale(Voice, -1)), new float[Frames]);
        var mono = new float[Frames];
        mixer.Mix(new float[2 * Frames], mono);
        Assert.Equal(1, mixer.Channel);
        Assert.All(mono, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Mix_OneSpeakerBeforeTwoMicrophones_IsOneVoice()
    {
        // Half a second apart in time would be an echo; a few milliseconds are two microphones, whose samples have nothing in common.
        var late = new float[Frames];
        Voice.AsSpan(0, Frames - 200).CopyTo(late.AsSpan(200));
        var mixer = new ChannelMixer(2);
        mixer.Mix(Interleave(Voice, late), new float[Frames]);
        Assert.NotNull(mixer.Channel);
        Assert.Null(mixer.OtherVoice);
    }

    private static void AssertMix(int? channel, float[] left, float[] right, Func<int, float> expected)
    {
        var mixer = new ChannelMixer(2);
        var mono = new float[Frames];
        mixer.Mix(Interleave(left, right), mono);
        Assert.Equal(channel, mixer.Channel);
        Assert.Null(mixer.OtherVoice); // noise, silence, the same once more: nobody else
        for (var i = 0; i < Frames; i += 101)
        {
            Assert.Equal(expected(i), mono[i], 1e-5f);
        }
    }

    /// <summary>Bursts of noise with pauses, as speech has them.</summary>
    private static float[] Babble(int seed)
    {
        var noise = Noise(seed);
        for (var i = 0; i < Frames; i++)
        {
            noise[i] *= Math.Max(0.001f, MathF.Sin((i + (seed * 9_000)) * 2e-4f));
        }

        return noise;
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Frames).Select(_ => (random.NextSingle() - 0.5f) * 0.5f)];
    }

    private static float[] Scale(float[] samples, float factor) => [.. samples.Select(sample => sample * factor)];

    private static float[] Sum(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static float[] Interleave(params float[][] channels) => [.. Enumerable.Range(0, Frames).SelectMany(i => channels.Select(channel => channel[i]))];
}
