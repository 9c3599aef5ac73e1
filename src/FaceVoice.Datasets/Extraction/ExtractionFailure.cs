namespace FaceVoice.Datasets.Extraction;

/// <summary>A source that gave nothing.</summary>
/// <param name="Source">Its <see cref="ExtractionSource.Name"/>.</param>
/// <param name="Reason">What was found and what is needed.</param>
public sealed record ExtractionFailure(string Source, string Reason);
