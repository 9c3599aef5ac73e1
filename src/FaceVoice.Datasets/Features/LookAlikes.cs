using System.Numerics.Tensors;

namespace FaceVoice.Datasets.Features;

/// <summary>
/// Finds people of different parts of a split who look (or sound) so alike that they may be the same person under two names.
/// </summary>
internal static class LookAlikes
{
    /// <summary>The most alike couples across parts: cosine of mean features, centred on the mean of all.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="split">Who is in which part.</param>
    /// <param name="byFace">Whether faces are compared, or voices.</param>
    /// <param name="threshold">Couples below it are left out.</param>
    /// <param name="limit">At most so many couples.</param>
    public static IReadOnlyList<LookAlike> Find(FeatureSet set, IdentitySplit split, bool byFace, double threshold, int limit)
    {
        var matrix = byFace ? set.Faces : set.Voices;
        var means = Means(set, matrix, byFace);
        var parts = set.Identities.Select(person => split.PartOf(person.Name)).ToArray();
        var people = Enumerable.Range(0, means.Length).Where(i => means[i] is not null && parts[i] is not null).ToArray();
        var found = new PriorityQueue<LookAlike, double>();
        var gate = new Lock();
        Parallel.For(0, people.Length, a =>
        {
            for (var b = 0; b < a; b++)
            {
                var (i, j) = (people[a], people[b]);
                if (parts[i] == parts[j])
                {
                    continue;
                }

                var cosine = TensorPrimitives.Dot(means[i]!, means[j]!);
                if (cosine >= threshold)
                {
                    lock (gate)
                    {
                        found.Enqueue(new(set.Identities[i].Name, set.Identities[j].Name, byFace ? "face" : "voice", cosine), cosine);
                        if (found.Count > limit)
                        {
                            found.Dequeue();
                        }
                    }
                }
            }
        });
        return [.. found.UnorderedItems.Select(item => item.Element).OrderByDescending(couple => couple.Cosine)];
    }

    private static float[]?[] Means(FeatureSet set, FeatureMatrix matrix, bool byFace)
    {
        var means = new float[set.Identities.Count][];
        var all = new float[matrix.Dimension];
        foreach (var sample in set.Samples)
        {
            var (start, count) = byFace ? (sample.FaceStart, sample.FaceCount) : (sample.VoiceStart, sample.VoiceCount);
            for (var row = start; row < start + count; row++)
            {
                var values = matrix.Row(row);
                if (!FiniteValues.AreAll(values))
                {
                    continue;
                }

                var mean = means[sample.Identity] ??= new float[matrix.Dimension];
                TensorPrimitives.Add(mean, values, mean);
            }
        }

        var people = 0;
        foreach (var mean in means.Where(mean => mean is not null))
        {
            Normalize(mean);
            TensorPrimitives.Add(all, mean, all);
            people++;
        }

        TensorPrimitives.Divide(all, Math.Max(people, 1), all);
        foreach (var mean in means.Where(mean => mean is not null))
        {
            TensorPrimitives.Subtract(mean, all, mean);
            Normalize(mean);
        }

        return means;
    }

    private static void Normalize(float[] row) => TensorPrimitives.Divide(row, MathF.Max(TensorPrimitives.Norm(row), 1e-12f), row);
}

/// <summary>Two people of different parts of a split whose features nearly coincide.</summary>
/// <param name="First">Name of the one.</param>
/// <param name="Second">Name of the other.</param>
/// <param name="By"><c>face</c> or <c>voice</c>.</param>
/// <param name="Cosine">Cosine of their mean features, centred on everybody's mean.</param>
public sealed record LookAlike(string First, string Second, string By, double Cosine);
