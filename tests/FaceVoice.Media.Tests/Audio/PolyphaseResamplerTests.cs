using System.Buffers;
using FaceVoice.Media.Audio;

namespace FaceVoice.Media.Tests.Audio;

public sealed class PolyphaseResamplerTests
{
    [Theory]
    [InlineData(8_000, 1_000)]
    [InlineData(11_025, 1_000)]
    [InlineData(22_050, 5_000)]
    [InlineData(44_100, 1_000)]
    [InlineData(44_100, 7_000)]
    [InlineData(48_000, 7_000)]
    [InlineData(44_099, 3_000)] // no common factor: interpolated phases
    [InlineData(192_000, 440)]
    public void Process_SineInThePassband_IsTheSineAtTheNewRate(int rate, int frequency)
    {
        var output = Resample(rate, Sine(rate, frequency, rate), blockSize: 1_000);

        Assert.Equal(16_000, output.Length);
        double error = 0, power = 0;
        for (var i = 2_000; i < 14_000; i++)
        {
            var expected = Math.Sin(2 * Math.PI * frequency * i / 16_000);
            error += Math.Pow(output[i] - expected, 2);
            power += expected * expected;
        }

        var decibels = 10 * Math.Log10(error / power);
        Assert.True(decibels < -85, $"{decibels:F1} dB of error"); // float arithmetic itself is near -130 dB
    }

    [Theory]
    [InlineData(44_100, 9_000)]
    [InlineData(48_000, 12_000)]
    [InlineData(44_099, 10_000)]
    public void Process_SineAboveNyquist_IsGone(int rate, int frequency)
    {
        var output = Resample(rate, Sine(rate, frequency, rate), blockSize: 4_096);
        var power = output.AsSpan(2_000, 12_000).ToArray().Average(sample => (double)sample * sample);
        Assert.True(10 * Math.Log10(power / 0.5) < -80, $"{10 * Math.Log10(power / 0.5):F1} dB are left");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Process_AnyBlockSize_GivesTheSame(int blockSize)
    {
        var input = Sine(44_100, 500, 3_000);
        Assert.Equal(Resample(44_100, input, 3_000), Resample(44_100, input, blockSize));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(44_101)]
    public void Process_AnyLength_GivesTheCeilingOfTheRatio(int samples)
    {
        var output = Resample(44_100, new float[samples], 512);
        Assert.Equal((int)Math.Ceiling(samples * 16_000 / 44_100.0), output.Length);
    }

    [Fact]
    public void Process_Constant_StaysConstant()
    {
        var input = new float[48_000];
        input.AsSpan().Fill(0.5f);
        Assert.All(Resample(48_000, input, 4_096)[1_000..15_000], sample => Assert.Equal(0.5f, sample, 1e-5f));
    }

    private static float[] Sine(int rate, int frequency, int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / rate))];

    private static float[] Resample(int rate, float[] input, int blockSize)
    {
        var resampler = new PolyphaseResampler(rate);
        var output = new ArrayBufferWriter<float>();
        foreach (var block in input.Chunk(blockSize))
        {
            resampler.Process(block, output);
        }

        resampler.Finish(output);
        return output.WrittenSpan.ToArray();
    }
}
