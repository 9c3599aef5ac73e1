namespace FaceVoice.Datasets.Extraction;

/// <summary>How far a run is.</summary>
/// <param name="Finished">Sources finished, those of earlier runs and failures included.</param>
/// <param name="Total">Sources in all.</param>
/// <param name="Failed">Failures so far.</param>
/// <param name="Source">The one that has just been finished.</param>
public sealed record ExtractionProgress(int Finished, int Total, int Failed, string Source);
