using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>How the area grows when k faces and m clips of a person are averaged.</summary>

internal sealed class MultiSampleCurve(ulong seed)
{
    private static readonly int[] Sizes = [1, 2, 4, 8];

    public List<CurvePoint> Measure(JointSet set)
    {
        var samples = Enumerable.Range(0, set.Count).GroupBy(i => set.Identities[i]).Select(group => group.ToArray()).ToList();
        var points = new List<CurvePoint>();
        foreach (var faces in Sizes)
        {
            foreach (var voices in Sizes)
            {
                // Only people with enough samples for the largest size in use are compared, so that the curve shows size and not a change of people.
                var people = samples.Where(person => person.Length >= Math.Max(faces, voices)).ToList();
                if (people.Count >= 10 && people.Count >= 0.5 * samples.Count)
                {
                    points.Add(new(faces, voices, Area(set, people, faces, voices), people.Count));
                }
            }
        }

        return points;
    }

    private double Area(JointSet set, List<int[]> people, int faces, int voices)
    {
        var random = RandomSource.Derive(seed, 45);
        var (left, right) = (new float[people.Count][], new float[people.Count][]);
        for (var p = 0; p < people.Count; p++)
        {
            var order = (int[])people[p].Clone();
            random.Shuffle(order.AsSpan());
            left[p] = Mean(set.Faces, order.AsSpan(0, faces), set.Dimension);
            right[p] = Mean(set.Voices, order.AsSpan(order.Length - voices), set.Dimension);
        }

        var histogram = new ScoreHistogram();
        for (var i = 0; i < left.Length; i++)
        {
            for (var j = 0; j < right.Length; j++)
            {
                histogram.Add(TensorPrimitives.Dot<float>(left[i], right[j]), i == j);
            }
        }

        return histogram.AreaUnderCurve;
    }

    private static float[] Mean(float[] rows, ReadOnlySpan<int> chosen, int dimension)
    {
        var mean = new float[dimension];
        foreach (var row in chosen)
        {
            TensorPrimitives.Add(mean, rows.AsSpan(row * dimension, dimension), mean);
        }

        TensorPrimitives.Divide(mean, MathF.Max(TensorPrimitives.Norm<float>(mean), 1e-12f), mean);
        return mean;
    }
}
