namespace FaceVoice.Training.Speaker.Audio;

/// <summary>How far the decoding is.</summary>
/// <param name="Done">Recordings that are in the cache or could not be decoded.</param>
/// <param name="Total">All recordings.</param>
/// <param name="Failed">Recordings that could not be decoded so far.</param>
public readonly record struct CacheProgress(int Done, int Total, int Failed);
