namespace FaceVoice.Training.Heads;

/// <summary>Where numbers that are not finite were first seen in a step.</summary>
/// <param name="Cause">A short name: <c>input</c>, <c>embedding</c>, <c>loss</c> or <c>gradient</c>.</param>
/// <param name="Place">Which part, in words.</param>
/// <param name="Faces">The rows of the batch whose faces are concerned.</param>
/// <param name="Voices">The rows of the batch whose voices are concerned; where both lists are empty it is all of them.</param>
internal sealed record SkipCause(string Cause, string Place, IReadOnlyList<int> Faces, IReadOnlyList<int> Voices)
{
    /// <summary>A cause that concerns the whole batch.</summary>
    public SkipCause(string cause, string place)
        : this(cause, place, [], [])
    {
    }
}
