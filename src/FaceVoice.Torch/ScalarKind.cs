namespace FaceVoice.Torch;

/// <summary>What a <see cref="Scalar"/> holds.</summary>
internal enum ScalarKind
{
    Number,
    Integer,
    Boolean,
}
