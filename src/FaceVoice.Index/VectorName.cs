namespace FaceVoice.Index;

/// <summary>The names of the vectors that FaceVoice's own models make.</summary>
public static class VectorName
{
    /// <summary>The space that faces and voices share: a face finds voices and the other way round.</summary>
    public const string Joint = "joint";

    /// <summary>The speaker space: a voice finds recordings of the same speaker.</summary>
    public const string Speaker = "speaker";
}
