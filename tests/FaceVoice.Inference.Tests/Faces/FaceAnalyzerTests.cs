using FaceVoice.Inference.Faces;

namespace FaceVoice.Inference.Tests.Faces;

public sealed class FaceAnalyzerTests(FaceModelsFixture models) : IClassFixture<FaceModelsFixture>
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 700)]
    [InlineData(3000, 3)]
    [InlineData(64, 64)]
    [InlineData(2000, 1500)]
    public void Analyze_PictureWithoutFace_FindsNone(int width, int height)
    {
        using var image = SyntheticImages.Paint(width, height, (x, y) => (x % 256, y % 256, (x + y) % 256));
        Assert.Empty(models.Analyzer.Analyze(image, out var largest));
        Assert.Null(largest);
    }

    [Fact]
    public void Analyze_Noise_NeverFails()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            using var image = SyntheticImages.Noise(100 + (seed * 37), 400 - (seed * 29), seed);
            Assert.All(models.Analyzer.Analyze(image), face => Assert.True(face.Landmarks.IsFinite));
        }
    }

    [Fact]
    public void Align_PointsThatFallTogether_IsRefused()
    {
        using var image = SyntheticImages.Noise(50, 50, seed: 1);
        Assert.Throws<ArgumentException>("landmarks", () => FaceAligner.Align(image, default));
    }
}
