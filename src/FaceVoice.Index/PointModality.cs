namespace FaceVoice.Index;

/// <summary>What a point was made from.</summary>
public enum PointModality
{
    /// <summary>A photo or a video frame of a face.</summary>
    Face = 0,

    /// <summary>A recording of a voice.</summary>
    Voice = 1,
}

/// <summary>The spelling of modalities in filters, files and on the wire.</summary>
public static class PointModalityExtensions
{
    /// <summary>The keyword of a modality: <c>face</c> or <c>voice</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no modality.</exception>
    public static string ToKeyword(this PointModality modality) => modality switch
    {
        PointModality.Face => "face",
        PointModality.Voice => "voice",
        _ => throw new ArgumentOutOfRangeException(nameof(modality), modality, "Not a modality."),
    };

    /// <summary>Reads a modality's keyword.</summary>
    /// <returns>False where <paramref name="keyword"/> is not one.</returns>
    public static bool TryParse(string? keyword, out PointModality modality)
    {
        modality = keyword == "voice" ? PointModality.Voice : PointModality.Face;
        return keyword is "face" or "voice";
    }
}
