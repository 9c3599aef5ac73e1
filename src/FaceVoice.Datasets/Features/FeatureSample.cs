namespace FaceVoice.Datasets.Features;

/// <summary>One occasion on which a person was seen and heard: rows of face features and rows of voice features.</summary>
/// <param name="Id">Unique name of the sample; it is what logs and reports show.</param>
/// <param name="Identity">Index into <see cref="FeatureSet.Identities"/>.</param>
/// <param name="FaceStart">First row of its face features; several rows are several crops or frames.</param>
/// <param name="FaceCount">Number of face rows, at least 1.</param>
/// <param name="VoiceStart">First row of its voice features; several rows are several windows.</param>
/// <param name="VoiceCount">Number of voice rows, at least 1.</param>
public readonly record struct FeatureSample(string Id, int Identity, int FaceStart, int FaceCount, int VoiceStart, int VoiceCount);
