namespace FaceVoice.Training.Heads;

/// <summary>Something a detector noticed while training.</summary>
/// <param name="Code">A short name, the same in log and diagnosis, for example <c>stuck_at_chance</c>.</param>
/// <param name="Text">The figure that gave it away, and what it means.</param>
public sealed record TrainingWarning(string Code, string Text);
