namespace FaceVoice.Index;

/// <summary>What a point was made from.</summary>
public enum PointModality
{
    /// <summary>A photo or a video frame of a face.</summary>
    Face = 0,

    /// <summary>A recording of a voice.</summary>
    Voice = 1,
}
