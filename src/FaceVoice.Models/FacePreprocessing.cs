namespace FaceVoice.Models;

/// <summary>How an aligned face becomes the input [1, 3, size, size] of a face encoder: <c>(value - Mean) / Scale</c> of 8-bit values.</summary>
public sealed record FacePreprocessing
{
    /// <summary>Width and height in pixels.</summary>
    /// <value>The default is 112.</value>
    public int ImageSize { get; init; } = 112;

    /// <summary>Order of the channel planes: <c>bgr</c> or <c>rgb</c>.</summary>
    /// <value>The default is <c>bgr</c>.</value>
    public string ChannelOrder { get; init; } = "bgr";

    /// <summary>What is subtracted from the 8-bit values.</summary>
    /// <value>The default is 127.</value>
    public float Mean { get; init; } = 127f;

    /// <summary>What the difference is divided by; not 0.</summary>
    /// <value>The default is 128.</value>
    public float Scale { get; init; } = 128f;

    /// <summary>The landmark template that faces are aligned to.</summary>
    /// <value>The default is <c>arcface-112</c>, five points.</value>
    public string Alignment { get; init; } = "arcface-112";
}
