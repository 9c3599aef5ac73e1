using System.Numerics.Tensors;

namespace FaceVoice.Media.Audio;

/// <summary>Removes a constant offset, as cheap sound cards add it: it would count as noise, and as loudness.</summary>
internal static class DirectCurrent
{
    private const float LeastOffset = 0.002f; // -54 dB
    private const float LeastShare = 0.1f; // of the root mean square; less is what a stretch of audio happens to have

    /// <summary>Removes the offset if there is one; else leaves every bit as it is.</summary>
    public static void Remove(Span<float> samples)
    {
        if (samples.IsEmpty)
        {
            return;
        }

        var mean = TensorPrimitives.Sum<float>(samples) / samples.Length;
        var level = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(samples) / samples.Length);
        if (MathF.Abs(mean) >= LeastOffset && MathF.Abs(mean) >= LeastShare * level)
        {
            TensorPrimitives.Subtract(samples, mean, samples);
        }
    }
}
