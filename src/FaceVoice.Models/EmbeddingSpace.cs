namespace FaceVoice.Models;

/// <summary>Which space a vector lives in; vectors of different spaces are never compared.</summary>
public enum EmbeddingSpace
{
    /// <summary>Where faces and voices meet: the output of the projection heads, 256-d.</summary>
    Joint,

    /// <summary>The face encoder's own space, 512-d; faces only.</summary>
    Face,

    /// <summary>The speaker encoder's own space (x-vectors and the like); voices only.</summary>
    Speaker,
}
