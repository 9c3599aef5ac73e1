namespace FaceVoice.Inference.Faces;

/// <summary>No face was found in a picture.</summary>
public sealed class NoFaceException : UnusableMediaException
{
    internal NoFaceException(int width, int height)
        : base($"No face was found in a picture of {width}x{height} pixels; needed is an upright face at least 3 % of the picture's width.")
    {
    }
}
