namespace FaceVoice.Datasets.Features;

/// <summary>A sample that is not used, and why.</summary>
/// <param name="Id">Name of the sample or the file.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RejectedSample(string Id, string Reason);
