namespace FaceVoice.Datasets.Extraction;

/// <summary>The head of a finished source's part file: what the report counts.</summary>
internal sealed record SourceRecord(string Source, string Identity, int Faces, int Voices, int People, double MediaSeconds);
