using System.Numerics;

namespace FaceVoice.Inference.Faces;

/// <summary>The five points that a face is aligned by, in pixels of the image; left and right are the image's, not the person's.</summary>
/// <param name="LeftEye">The centre of the eye on the image's left.</param>
/// <param name="RightEye">The centre of the eye on the image's right.</param>
/// <param name="Nose">The tip of the nose.</param>
/// <param name="LeftMouth">The mouth's corner on the image's left.</param>
/// <param name="RightMouth">The mouth's corner on the image's right.</param>
public readonly record struct FaceLandmarks(Vector2 LeftEye, Vector2 RightEye, Vector2 Nose, Vector2 LeftMouth, Vector2 RightMouth)
{
    /// <summary>Gets the distance between the eyes, in pixels.</summary>
    public float EyeDistance => Vector2.Distance(LeftEye, RightEye);

    /// <summary>Gets whether every coordinate is a finite number.</summary>
    public bool IsFinite =>
        float.IsFinite(
            LeftEye.X + LeftEye.Y + RightEye.X + RightEye.Y + Nose.X + Nose.Y + LeftMouth.X + LeftMouth.Y + RightMouth.X + RightMouth.Y);

    internal void CopyTo(Span<Vector2> points)
    {
        points[0] = LeftEye;
        points[1] = RightEye;
        points[2] = Nose;
        points[3] = LeftMouth;
        points[4] = RightMouth;
    }
}
