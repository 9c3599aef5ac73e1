namespace FaceVoice.Datasets.Features;

/// <summary>A person of a data set.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Gender">Gender as the data set states it; null where it does not.</param>
/// <param name="Split">The part that the data set itself puts the person in; null leaves it to the split's hash.</param>
public sealed record IdentityRecord(string Name, string? Gender = null, SplitPart? Split = null);
