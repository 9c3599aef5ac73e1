using System.Numerics.Tensors;

namespace FaceVoice.Benchmarks.Index;

/// <summary>Random unit vectors around identities, 20 each, with a cosine of about 0.65 within one: easier for a graph than real embeddings.</summary>
internal sealed class ClusteredVectors
{
    public const int Size = 256;
    private const int PerIdentity = 20;
    private const float Spread = 0.73f;

    public ClusteredVectors(int count, int queries)
    {
        Points = Make(count, seed: 1);
        Queries = Make(queries, seed: 2);
        Matrix = new float[(long)count * Size];
        for (var i = 0; i < count; i++)
        {
            Points[i].CopyTo(Matrix, (long)i * Size);
        }

        float[][] Make(int number, int seed)
        {
            var made = new float[number][];
            Parallel.For(0, number, i => made[i] = Near(i / (seed == 1 ? PerIdentity : 1) * (seed == 1 ? 1 : 7) % Math.Max(1, count / PerIdentity), unchecked((i * 2) + seed)));
            return made;
        }
    }

    public float[][] Points { get; }

    public float[][] Queries { get; }

    /// <summary>The points one after the other.</summary>
    public float[] Matrix { get; }

    /// <summary>The ten nearest points to a query, by a plain scan of floats.</summary>
    public int[] Nearest(int query, int limit = 10)
    {
        var best = new PriorityQueue<int, float>();
        for (var i = 0; i < Points.Length; i++)
        {
            var score = TensorPrimitives.Dot<float>(Queries[query], Matrix.AsSpan(i * Size, Size));
            if (best.Count < limit)
            {
                best.Enqueue(i, score);
            }
            else if (best.TryPeek(out _, out var worst) && score > worst)
            {
                best.DequeueEnqueue(i, score);
            }
        }

        return [.. best.UnorderedItems.OrderByDescending(b => b.Priority).Select(b => b.Element)];
    }

    private static float[] Near(int identity, int seed)
    {
        var (centre, noise) = (Gaussian(identity + 1_000_003), Gaussian(seed));
        for (var i = 0; i < Size; i++)
        {
            centre[i] += Spread * noise[i];
        }

        TensorPrimitives.Divide(centre, TensorPrimitives.Norm<float>(centre), centre);
        return centre;
    }

    private static float[] Gaussian(int seed)
    {
        var random = new Random(seed);
        var vector = new float[Size];
        for (var i = 0; i < Size; i++)
        {
            vector[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }
}
