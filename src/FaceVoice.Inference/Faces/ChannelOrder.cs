namespace FaceVoice.Inference.Faces;

/// <summary>Which colour a network's first plane holds.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red: what networks trained on OpenCV images take.</summary>
    Bgr,
}
