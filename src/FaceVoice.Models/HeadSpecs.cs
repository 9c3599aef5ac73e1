namespace FaceVoice.Models;

/// <summary>The two projections into the joint space.</summary>
public sealed record HeadSpecs
{
    /// <summary>From the face encoder's vectors.</summary>
    public required HeadSpec Face { get; init; }

    /// <summary>From the speaker encoder's vectors.</summary>
    public required HeadSpec Voice { get; init; }
}

/// <summary>A projection head in ONNX: input <c>embedding</c> float32 [batch, in], output <c>joint</c> float32 [batch, out], unit length.</summary>
public sealed record HeadSpec
{
    /// <summary>The file within the bundle.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file; filled by <see cref="ModelBundle.Create"/>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Length of the input vectors.</summary>
    public required int InputDimension { get; init; }

    /// <summary>Length of the output vectors.</summary>
    public required int OutputDimension { get; init; }
}
