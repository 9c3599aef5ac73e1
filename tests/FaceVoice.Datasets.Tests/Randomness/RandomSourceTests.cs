using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Datasets.Tests.Randomness;

public sealed class RandomSourceTests
{
    [Fact]
    public void Derive_SamePath_RepeatsAndOthersDiffer()
    {
        Assert.Equal(RandomSource.Derive(1, 2, 3).NextBits(), RandomSource.Derive(1, 2, 3).NextBits());
        Assert.NotEqual(RandomSource.Derive(1, 2, 3).NextBits(), RandomSource.Derive(1, 3, 2).NextBits());
    }

    [Fact]
    public void NextNormal_ManyDraws_HasUnitMoments()
    {
        var random = new RandomSource(7);
        double sum = 0, squares = 0;
        const int n = 100_000;
        for (var i = 0; i < n; i++)
        {
            var x = random.NextNormal();
            sum += x;
            squares += x * x;
        }

        Assert.InRange(sum / n, -0.015, 0.015);      // five standard errors
        Assert.InRange(squares / n, 0.978, 1.022);
    }

    [Fact]
    public void NextInt_SmallLimit_IsEven()
    {
        var random = new RandomSource(7);
        var counts = new int[3];
        for (var i = 0; i < 30_000; i++)
        {
            counts[random.NextInt(3)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }
}
