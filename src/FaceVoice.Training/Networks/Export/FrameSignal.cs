using FaceVoice.Models.Graph;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Frames on their way through the graph: a value of shape [frames, width] and an affine map that still has to be applied to it.</summary>
/// <param name="Value">The stored numbers.</param>
/// <param name="Width">Channels.</param>
/// <param name="Pending">What has to be applied to the stored numbers; null for nothing.</param>
internal sealed record FrameSignal(OnnxValue Value, int Width, ChannelAffine? Pending = null)
{
    public ChannelAffine Affine => Pending ?? ChannelAffine.Identity(Width);
}
