namespace FaceVoice.Datasets.Features;

/// <summary>Two people of different parts of a split whose features nearly coincide.</summary>
/// <param name="First">Name of the one.</param>
/// <param name="Second">Name of the other.</param>
/// <param name="By"><c>face</c> or <c>voice</c>.</param>
/// <param name="Cosine">Cosine of their mean features, centred on everybody's mean.</param>
public sealed record LookAlike(string First, string Second, string By, double Cosine);
