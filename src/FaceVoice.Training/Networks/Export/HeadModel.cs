namespace FaceVoice.Training.Networks.Export;

/// <summary>An exported projection head.</summary>
/// <param name="Onnx">The content of the ONNX file.</param>
/// <param name="InputDimension">Values of an input row.</param>
/// <param name="OutputDimension">Values of an output row.</param>
public sealed record HeadModel(ReadOnlyMemory<byte> Onnx, int InputDimension, int OutputDimension);
