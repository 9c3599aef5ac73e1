namespace FaceVoice.Models;

/// <summary>
/// A speaker encoder in ONNX. Inputs <c>waveform</c> float32 [batch, samples] (mono, [-1, 1]) and <c>lengths</c> int64 [batch] (valid samples of
/// each row); output <c>embedding</c> float32 [batch, dimension], unit length. Features are computed inside the graph.
/// </summary>
public sealed record SpeakerEncoderSpec
{
    /// <summary>The network's kind: <c>xvector</c>, <c>ecapa</c>, or one of this project's own.</summary>
    public required string Architecture { get; init; }

    /// <summary>The file within the bundle.</summary>
    public string File { get; init; } = ModelBundle.SpeakerFile;

    /// <summary>SHA-256 of the file; filled by <see cref="ModelBundle.Create"/>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Length of the output vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>What the encoder expects of its input.</summary>
    public required SpeakerPreprocessing Preprocessing { get; init; }
}
