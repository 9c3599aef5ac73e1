namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>A face file and a voice file of one person on one occasion.</summary>
/// <param name="Id">Unique name.</param>
/// <param name="Identity">The person.</param>
/// <param name="FacePath">A picture: aligned (112 x 112) or any with a face in it.</param>
/// <param name="VoicePath">A recording.</param>
/// <param name="Gender">Gender as stated; null where it is not.</param>
/// <param name="Split">The part that the data set itself assigns; null for none.</param>
public sealed record MediaPair(string Id, string Identity, string FacePath, string VoicePath, string? Gender = null, Features.SplitPart? Split = null);
