using System.Text.Json.Serialization;

namespace FaceVoice.Models;

/// <summary>The networks of a bundle that turn media into embeddings.</summary>
public sealed record EncoderSpecs
{
    /// <summary>The face encoder of the face space; null in a speaker-only bundle.</summary>
    public FaceEncoderSpec? Face { get; init; }

    /// <summary>
    /// The face network whose vectors the face head takes, if that is not <see cref="Face"/>; null if it is, or if there are no heads.
    /// </summary>
    public FaceEncoderSpec? JointFace { get; init; }

    /// <summary>The speaker encoder; null in a bundle of heads over features from elsewhere.</summary>
    public SpeakerEncoderSpec? Speaker { get; init; }

    /// <summary>The face network that the heads were trained on: <see cref="JointFace"/>, else <see cref="Face"/>.</summary>
    [JsonIgnore]
    public FaceEncoderSpec? OfHeads => JointFace ?? Face;
}
