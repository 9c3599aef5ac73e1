namespace FaceVoice.Inference;

/// <summary>How long one stage took.</summary>
/// <param name="Stage">Its name: <c>queue</c>, <c>decode</c>, <c>detect</c>, <c>activity</c>, <c>encode</c> or <c>project</c>.</param>
/// <param name="Elapsed">Wall-clock time.</param>
public readonly record struct StageTiming(string Stage, TimeSpan Elapsed);
