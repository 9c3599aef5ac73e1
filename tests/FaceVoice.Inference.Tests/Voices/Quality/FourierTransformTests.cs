using System.Numerics;
using FaceVoice.Inference.Voices.Quality;

namespace FaceVoice.Inference.Tests.Voices.Quality;

public sealed class FourierTransformTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    public void Forward_Noise_AgreesWithTheDefinition(int size)
    {
        var random = new Random(size);
        var values = Enumerable.Range(0, size).Select(_ => new Complex(random.NextDouble(), random.NextDouble())).ToArray();
        var expected = Enumerable.Range(0, size)
            .Select(k => values.Select((value, n) => value * Complex.FromPolarCoordinates(1, -2 * Math.PI * k * n / size)).Aggregate(Complex.Zero, (sum, term) => sum + term))
            .ToArray();
        FourierTransform.Forward(values);
        Assert.All(expected.Zip(values), pair => Assert.InRange(Complex.Abs(pair.First - pair.Second), 0, 1e-10));
    }
}
