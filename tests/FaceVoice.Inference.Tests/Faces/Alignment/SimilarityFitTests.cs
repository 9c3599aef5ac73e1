using System.Numerics;
using FaceVoice.Inference.Faces.Alignment;

namespace FaceVoice.Inference.Tests.Faces.Alignment;

public sealed class SimilarityFitTests
{
    private static readonly Vector2[] Points = [new(1, 2), new(5, 1), new(3, 4), new(2, 7), new(6, 6)];

    [Fact]
    public void Fit_RotatedScaledShifted_RecoversTheMap()
    {
        var expected = Matrix3x2.CreateRotation(0.6f) * Matrix3x2.CreateScale(2.5f) * Matrix3x2.CreateTranslation(-7, 30);
        var fitted = SimilarityFit.Fit(Points, [.. Points.Select(point => Vector2.Transform(point, expected))]);
        foreach (var point in Points)
        {
            Assert.InRange(Vector2.Distance(Vector2.Transform(point, expected), Vector2.Transform(point, fitted)), 0, 1e-3f);
        }
    }

    [Fact]
    public void Fit_MirroredPoints_NeverReflects()
    {
        var fitted = SimilarityFit.Fit(Points, [.. Points.Select(point => new Vector2(-point.X, point.Y))]);
        Assert.True(fitted.GetDeterminant() >= 0);
    }

    [Fact]
    public void Fit_PointsThatFallTogether_HasNoInverse() =>
        Assert.False(Matrix3x2.Invert(SimilarityFit.Fit([Vector2.One, Vector2.One], [Vector2.Zero, Vector2.UnitX]), out _));
}
