namespace FaceVoice.Training.Diagnosis;

/// <summary>The curve that a finding rests on.</summary>
/// <param name="Name">What is drawn.</param>
/// <param name="Values">One value an epoch.</param>
/// <param name="Chance">The same while nothing is learnt; null where there is no such line.</param>
public sealed record DiagnosisCurve(string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? Chance);
