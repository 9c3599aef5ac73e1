using System.Numerics;
using FaceVoice.Inference.Voices.Quality;

namespace FaceVoice.Inference.Tests.Voices.Quality;

public sealed class SpectrumSumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(40)]
    public void Power_FramesOfNoise_AgreesWithTheDefinition(int frames)
    {
        var random = new Random(frames);
        var sum = new SpectrumSum();
        var expected = new double[SpectrumSum.Size / 2];
        for (var frame = 0; frame < frames; frame++)
        {
            var samples = Enumerable.Range(0, SpectrumSum.Size).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
            sum.Add(samples);
            for (var bin = 0; bin < expected.Length; bin++)
            {
                var value = samples
                    .Select((sample, n) => sample * (0.5 - (0.5 * Math.Cos(2 * Math.PI * n / SpectrumSum.Size))) *
                        Complex.FromPolarCoordinates(1, -2 * Math.PI * bin * n / SpectrumSum.Size))
                    .Aggregate(Complex.Zero, (total, term) => total + term);
                expected[bin] += value.Magnitude * value.Magnitude;
            }
        }

        var power = sum.Power();
        for (var bin = 0; bin < expected.Length; bin++)
        {
            Assert.InRange(power[bin], expected[bin] * (1 - 1e-4) - 1e-6, expected[bin] * (1 + 1e-4) + 1e-6);
        }
    }

    [Fact]
    public void Power_NoFrame_IsZero() => Assert.Equal(0, new SpectrumSum().Power().ToArray().Sum());
}
