using FaceVoice.Models;

namespace FaceVoice.Training.Networks.Export;

/// <summary>An exported speaker encoder: the ONNX file and what a manifest says about it.</summary>
/// <param name="Onnx">The content of <c>speaker.onnx</c>.</param>
/// <param name="Spec">Architecture, dimension and preprocessing; the hash is filled when a bundle is made of it.</param>
public sealed record SpeakerModel(ReadOnlyMemory<byte> Onnx, SpeakerEncoderSpec Spec);
