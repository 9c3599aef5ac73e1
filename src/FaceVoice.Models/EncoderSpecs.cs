namespace FaceVoice.Models;

/// <summary>The networks of a bundle that turn media into embeddings.</summary>
public sealed record EncoderSpecs
{
    /// <summary>The face encoder that the heads were trained on; null in a speaker-only bundle.</summary>
    public FaceEncoderSpec? Face { get; init; }

    /// <summary>The speaker encoder; null in a bundle of heads over features from elsewhere.</summary>
    public SpeakerEncoderSpec? Speaker { get; init; }
}
