using System.Numerics;

namespace FaceVoice.Inference.Faces.Alignment;

/// <summary>
/// Yaw and roll from the five points: the least-squares affine camera that images an average head onto them, read as a rotation (pose from
/// orthography and scaling).
/// </summary>
internal static class HeadPose
{
    // An average head, nose tip at the origin: x to the image's right, y downwards, z towards the camera; 314 units between the eyes. The
    // proportions in the face plane are those of the alignment template, the depths those of a nose that stands 27 mm before eyes 63 mm
    // apart.
    private static readonly Vector3[] Head =
    [
        new(-157, -179, -135), new(157, -179, -135), new(0, 0, 0), new(-130, 183, -110), new(130, 183, -110),
    ];

    private static readonly Vector3[] Inverse = PseudoInverse();

    /// <summary>Angles in degrees: yaw positive towards the image's right, roll positive clockwise.</summary>
    public static (float Yaw, float Roll) Estimate(FaceLandmarks landmarks)
    {
        Span<Vector2> points = stackalloc Vector2[5];
        landmarks.CopyTo(points);
        Vector3 rowX = default, rowY = default;
        for (var i = 0; i < points.Length; i++)
        {
            rowX += points[i].X * Inverse[i];
            rowY += points[i].Y * Inverse[i];
        }

        var roll = MathF.Atan2(rowY.X, rowX.X);
        var (sin, cos) = MathF.SinCos(roll);
        var across = (cos * rowX) + (sin * rowY);
        var yaw = MathF.Atan2(across.Z, across.X);
        return (float.RadiansToDegrees(yaw), float.RadiansToDegrees(roll));
    }

    /// <summary>(XᵀX)⁻¹Xᵀ of the centred head, one column per point; centring the head makes centring the points needless.</summary>
    private static Vector3[] PseudoInverse()
    {
        var mean = Head.Aggregate(Vector3.Zero, (sum, point) => sum + point) / Head.Length;
        var normal = default(Matrix4x4);
        foreach (var point in Head)
        {
            var p = point - mean;
            normal += new Matrix4x4(
                p.X * p.X, p.X * p.Y, p.X * p.Z, 0, p.Y * p.X, p.Y * p.Y, p.Y * p.Z, 0, p.Z * p.X, p.Z * p.Y, p.Z * p.Z, 0, 0, 0, 0, 0);
        }

        normal.M44 = 1;
        Matrix4x4.Invert(normal, out var inverse);
        return [.. Head.Select(point => Vector3.Transform(point - mean, inverse))];
    }
}
