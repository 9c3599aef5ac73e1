namespace FaceVoice.Training.Speaker.Sampling;

/// <summary>One batch of crops, ready for the network.</summary>
/// <param name="Index">Number of the batch since the start of training.</param>
/// <param name="Features"><c>[rows, bands, frames]</c>, row-major, decibel with each band's mean taken out.</param>
/// <param name="Classes">One class a row.</param>
/// <param name="Frames">Frames of each crop.</param>
internal sealed record CropBatch(long Index, float[] Features, long[] Classes, int Frames);
