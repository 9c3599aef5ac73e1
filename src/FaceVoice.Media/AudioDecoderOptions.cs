namespace FaceVoice.Media;

/// <summary>How audio is chosen and how strictly it is read.</summary>
public sealed record AudioDecoderOptions
{
    /// <summary>Gets the audio track that is read, from 1; null chooses as <c>docs/media.md</c> says.</summary>
    public int? Track { get; init; }

    /// <summary>Gets whether a recording that is shorter than its header says is refused, rather than read with a warning.</summary>
    public bool Strict { get; init; }
}
