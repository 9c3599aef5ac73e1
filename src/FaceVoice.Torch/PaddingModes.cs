namespace FaceVoice.Torch;

/// <summary>What is added at the ends of a tensor.</summary>
public enum PaddingModes
{
    /// <summary>A number, usually 0.</summary>
    Constant,

    /// <summary>The tensor mirrored, the edge not repeated: <c>x[-1] = x[1]</c>.</summary>
    Reflect,

    /// <summary>The edge repeated.</summary>
    Replicate,
}
