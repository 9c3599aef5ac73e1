namespace FaceVoice.Training.Dual;

/// <summary>Where numbers that are not finite were first seen in a step.</summary>
/// <param name="Cause">A short name: <c>input</c>, <c>embedding</c>, <c>loss</c> or <c>gradient</c>.</param>
/// <param name="Place">Which part, in words.</param>
/// <param name="Rows">The rows of the batch concerned; empty where it is all of them.</param>
internal sealed record SkipCause(string Cause, string Place, IReadOnlyList<int> Rows);
