using System.Globalization;
using System.Numerics.Tensors;

namespace FaceVoice.Inference.Voices;

/// <summary>Tells whether stretches of speech that count as one person's sound like one. Thread-safe.</summary>
public static class SpeakerAgreement
{
    /// <summary>A sentence about the two stretches that are least alike, if they are less alike than stretches of one person.</summary>
    /// <param name="vectors">The stretches in the speaker space, each of unit length and of the same dimension.</param>
    /// <param name="name">What a stretch is called, by its place in <paramref name="vectors"/>, such as <c>3.0 s</c>.</param>
    /// <param name="minCosine">The least cosine of two stretches of one person, in [-1, 1].</param>
    /// <returns>The sentence, or null if no two stretches are below <paramref name="minCosine"/>.</returns>
    public static string? Doubt(IReadOnlyList<float[]> vectors, Func<int, string> name, float minCosine)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(name);
        var (least, first, second) = (float.PositiveInfinity, 0, 0);
        for (var i = 1; i < vectors.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (TensorPrimitives.Dot<float>(vectors[i], vectors[j]) is var cosine && cosine < least)
                {
                    (least, first, second) = (cosine, j, i);
                }
            }
        }

        return least >= minCosine
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the stretches at {name(first)} and {name(second)} do not sound like one person: their cosine is {least:F2}, "
                + $"needed is at least {minCosine:F2}");
    }
}
