using System.Numerics;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Faces.Alignment;

namespace FaceVoice.Inference.Tests.Faces.Alignment;

public sealed class HeadPoseTests
{
    // Other proportions than the estimator's own head: eyes nearer, nose shorter.
    private static readonly Vector3[] Head = [new(-150, -170, -120), new(150, -170, -120), new(0, 0, 0), new(-125, 190, -105), new(125, 190, -105)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 0)]
    [InlineData(-30, 0)]
    [InlineData(0, 20)]
    [InlineData(25, -15)]
    public void Estimate_ProjectedHead_RecoversItsAngles(float yaw, float roll)
    {
        var estimate = HeadPose.Estimate(Project(yaw, roll));
        Assert.InRange(estimate.Yaw, yaw - 5, yaw + 5);
        Assert.InRange(estimate.Roll, roll - 3, roll + 3);
    }

    private static FaceLandmarks Project(float yaw, float roll)
    {
        // The nose, nearest to the camera, moves to the image's right with a positive yaw; y points down, so a positive roll is clockwise.
        var (sinYaw, cosYaw) = MathF.SinCos(float.DegreesToRadians(yaw));
        var (sinRoll, cosRoll) = MathF.SinCos(float.DegreesToRadians(roll));
        var points = Head.Select(point =>
        {
            var x = (cosYaw * point.X) + (sinYaw * point.Z);
            return new Vector2(200 + (0.3f * ((cosRoll * x) - (sinRoll * point.Y))), 300 + (0.3f * ((sinRoll * x) + (cosRoll * point.Y))));
        }).ToArray();
        return new FaceLandmarks(points[0], points[1], points[2], points[3], points[4]);
    }
}
