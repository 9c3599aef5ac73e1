namespace FaceVoice.Media.Tests;

/// <summary>
/// Tests that count this process's children, measure its memory, or put another program in FFmpeg's place: they run one by one, after all others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
