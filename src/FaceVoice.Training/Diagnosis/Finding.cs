namespace FaceVoice.Training.Diagnosis;

/// <summary>One thing that is wrong, or right, with a run.</summary>
/// <param name="Code">A short name for machines.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Symptom">What was seen.</param>
/// <param name="Cause">What most likely lies behind it.</param>
/// <param name="Advice">What to change.</param>
/// <param name="Curve">The curve behind it, one value an epoch (or step): name and values.</param>
public sealed record Finding(string Code, FindingSeverity Severity, string Symptom, string Cause, string Advice, DiagnosisCurve? Curve);
