using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>SpecAugment (Park et al., 2019): one mask over bands and one over frames, set to zero, the mean of normalised features. Thread-safe.</summary>
internal static class FeatureMasking
{
    /// <param name="features"><c>[bands, frames]</c>, row-major.</param>
    /// <param name="bands">Number of rows.</param>
    /// <param name="options">Chance and widths.</param>
    /// <param name="random">The crop's stream.</param>
    public static void Apply(Span<float> features, int bands, AugmentationOptions options, RandomSource random)
    {
        if (random.NextDouble() >= options.SpecAugment)
        {
            return;
        }

        var frames = features.Length / bands;
        var high = random.NextInt(1 + (int)(bands * options.FrequencyMask));
        var firstBand = random.NextInt(bands - high + 1);
        features.Slice(firstBand * frames, high * frames).Clear();
        var wide = random.NextInt(1 + (int)(frames * options.TimeMask));
        var firstFrame = random.NextInt(frames - wide + 1);
        for (var band = 0; band < bands; band++)
        {
            features.Slice((band * frames) + firstFrame, wide).Clear();
        }
    }
}
