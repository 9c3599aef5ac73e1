namespace FaceVoice.Models;

/// <summary>A face encoder: aligned face in, vector out (unit length after normalisation by the caller).</summary>
public sealed record FaceEncoderSpec
{
    /// <summary>A name for people and for looking the file up, such as <c>faceplugin</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The file within the bundle, or null where the encoder is a package of its own.</summary>
    public string? File { get; init; }

    /// <summary>
    /// SHA-256 of the encoder's file, wherever it lies (of a TensorFlow.js model, <see cref="TensorFlowJs.TensorFlowJsModel.Sha256"/>);
    /// another file there gives other embeddings and is refused.
    /// </summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Length of the output vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>The output that holds the vector, in a network with several; null where there is one.</summary>
    public string? Output { get; init; }

    /// <summary>What the encoder expects of its input.</summary>
    public FacePreprocessing Preprocessing { get; init; } = new();
}
