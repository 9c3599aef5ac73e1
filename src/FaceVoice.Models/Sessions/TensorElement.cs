namespace FaceVoice.Models.Sessions;

/// <summary>The element types that this project feeds to models or reads from them.</summary>
public enum TensorElement
{
    /// <summary>Anything else; such a tensor cannot be used here.</summary>
    Unsupported = 0,

    /// <summary>32-bit IEEE floating point.</summary>
    Real32,

    /// <summary>64-bit signed integer.</summary>
    Integer64,
}
