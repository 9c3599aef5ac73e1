using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Speaker.Augmentation;
using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class AugmentationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public void Mix_AtRatio_GivesThatRatio(double decibel)
    {
        var sound = Tone(440, 16_000);
        var noise = Tone(1_330, 16_000, amplitude: 3);
        var mixed = (float[])sound.Clone();

        WaveformAugmenter.Mix(mixed, noise, decibel);

        TensorPrimitives.Subtract(mixed, sound, mixed);
        var ratio = 10 * Math.Log10(TensorPrimitives.SumOfSquares<float>(sound) / TensorPrimitives.SumOfSquares<float>(mixed));
        Assert.Equal(decibel, ratio, 0.01);
    }

    [Fact]
    public void Mix_Silence_StaysSilent()
    {
        var sound = new float[100];

        WaveformAugmenter.Mix(sound, Tone(440, 100), 10);

        Assert.All(sound, s => Assert.Equal(0, s));
    }

    [Fact]
    public void Room_Click_RingsOnAndDies()
    {
        var sound = new float[32_000];
        sound[100] = 1;

        RoomSimulator.Apply(sound, new RandomSource(3));

        Assert.Equal(1, TensorPrimitives.SumOfSquares<float>(sound), 1e-3);
        Assert.Equal(0, TensorPrimitives.SumOfSquares<float>(sound.AsSpan(0, 100)));
        Assert.True(TensorPrimitives.SumOfSquares<float>(sound.AsSpan(2_000, 4_000)) > 1e-7);
        Assert.True(TensorPrimitives.SumOfSquares<float>(sound.AsSpan(28_000)) < 1e-4);
    }

    [Fact]
    public void BandPass_Tones_KeepsInsideDropsOutside()
    {
        var filter = FirFilter.BandPass(300, 3_400);

        Assert.Equal(1, Gain(filter.Apply, 1_000), 0.02);
        Assert.True(Gain(filter.Apply, 5_000) < 0.01);
    }

    [Fact]
    public void Speed_Tone_MovesItsFrequency()
    {
        var speed = new SpeedPerturbation(1.1);
        var output = new float[8_000];

        speed.Apply(Tone(1_000, speed.InputLength(output.Length)), output);

        var crossings = Enumerable.Range(1, output.Length - 1).Count(i => output[i - 1] < 0 && output[i] >= 0);
        Assert.Equal(550, crossings, 2.0);
        Assert.Equal(0.5, TensorPrimitives.SumOfSquares<float>(output) / output.Length, 0.02);
    }

    [Fact]
    public void MuLaw_Samples_AreNearWithinItsSteps()
    {
        var sound = Tone(313, 4_000, amplitude: 0.9f);
        var coded = (float[])sound.Clone();

        MuLaw.Apply(coded);

        Assert.All(sound.Zip(coded), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.001f + (0.03f * Math.Abs(pair.First))));
        Assert.True(coded.Distinct().Count() <= 255);
    }

    [Fact]
    public void Apply_AllOff_LeavesSoundAlone()
    {
        var sound = Tone(440, 8_000);

        new WaveformAugmenter(AugmentationOptions.None, 1).Apply(sound, new RandomSource(1), (_, _) => Assert.Fail("no babble was asked for"));

        Assert.Equal(Tone(440, 8_000), sound);
    }

    [Fact]
    public void Apply_SameStream_SameSound()
    {
        var everything = new AugmentationOptions { Noise = 1, Babble = 1, Reverberation = 1, BandLimit = 1, Gain = 1 };
        var (first, second) = (Tone(440, 16_000), Tone(440, 16_000));

        new WaveformAugmenter(everything, 1).Apply(first, new RandomSource(8), (buffer, _) => Tone(700, buffer.Length).CopyTo(buffer));
        new WaveformAugmenter(everything, 1).Apply(second, new RandomSource(8), (buffer, _) => Tone(700, buffer.Length).CopyTo(buffer));

        Assert.Equal(first, second);
        Assert.NotEqual(Tone(440, 16_000), first);
        Assert.All(first, s => Assert.InRange(s, -1, 1));
    }

    [Fact]
    public void Masking_Features_ClearsOneBandAndOneStretch()
    {
        var features = new float[80 * 150];
        Array.Fill(features, 1);

        FeatureMasking.Apply(features, 80, new() { SpecAugment = 1 }, new RandomSource(4));

        var rows = Enumerable.Range(0, 80).Count(b => features.AsSpan(b * 150, 150).ContainsAnyExcept(0f));
        Assert.InRange(rows, 80 - 12, 80);
        Assert.Contains(0f, features);
    }

    private static double Gain(FilterAction apply, double hertz)
    {
        var sound = Tone(hertz, 8_000);
        apply(sound);
        return Math.Sqrt(TensorPrimitives.SumOfSquares<float>(sound.AsSpan(1_000, 6_000)) / TensorPrimitives.SumOfSquares<float>(Tone(hertz, 8_000).AsSpan(1_000, 6_000)));
    }

    private static float[] Tone(double hertz, int samples, float amplitude = 1) =>
        [.. Enumerable.Range(0, samples).Select(i => amplitude * (float)Math.Sin(2 * Math.PI * hertz * i / 16_000))];

    private delegate void FilterAction(Span<float> sound);
}
