using System.Numerics.Tensors;
using FaceVoice.Models;

namespace FaceVoice.Benchmarks.Index;

/// <summary>Random unit vectors around identities, 20 each, with a cosine of about 0.65 within one; or real ones from a file.</summary>
internal sealed class ClusteredVectors
{
    private const int MadeSize = 256;
    private const int PerIdentity = 20;
    private const float Spread = 0.73f;

    private ClusteredVectors(int size, float[] matrix, float[][] queries) => (Size, Matrix, Queries) = (size, matrix, queries);

    public int Size { get; }

    public int Count => Matrix.Length / Size;

    /// <summary>The points one after the other.</summary>
    public float[] Matrix { get; }

    public float[][] Queries { get; }

    /// <summary>Makes points and queries; the same numbers every time.</summary>
    public static ClusteredVectors Make(int count, int queries)
    {
        var matrix = new float[(long)count * MadeSize];
        Parallel.For(0, count, i => Near(i / PerIdentity, (i * 2L) + 1, matrix.AsSpan(i * MadeSize, MadeSize)));
        return new(MadeSize, matrix, MakeQueries(count, queries));
    }

    /// <summary>The queries alone.</summary>
    public static float[][] MakeQueries(int count, int queries)
    {
        var made = new float[queries][];
        for (var i = 0; i < queries; i++)
        {
            made[i] = new float[MadeSize];
            Near(i * 7919L % Math.Max(1, count / PerIdentity), (i * 2L) + 2, made[i]);
        }

        return made;
    }

    /// <summary>Reads rows of a .npy file: asks with every n-th, stores the others.</summary>
    public static ClusteredVectors Load(string path, int queries)
    {
        var tensor = NpyFile.Read(path);
        var (rows, size) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var values = tensor.Floats.ToArray();
        var step = rows / queries;
        var asked = Enumerable.Range(0, queries).Select(q => values.AsSpan(q * step * size, size).ToArray()).ToArray();
        var stored = Enumerable.Range(0, rows).Where(r => r % step != 0 || r / step >= queries).SelectMany(r => values.AsSpan(r * size, size).ToArray()).ToArray();
        return new(size, stored, asked);
    }

    public ReadOnlyMemory<float> Point(int number) => Matrix.AsMemory(number * Size, Size);

    /// <summary>The ten nearest points to a query, by a plain scan of floats.</summary>
    public int[] Nearest(int query, int limit = 10)
    {
        var best = new PriorityQueue<int, float>();
        for (var i = 0; i < Count; i++)
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

    private static void Near(long identity, long seed, Span<float> vector)
    {
        Span<float> noise = stackalloc float[MadeSize];
        Gaussian(identity + 1_000_000_007, vector);
        Gaussian(seed, noise);
        TensorPrimitives.MultiplyAdd(noise, Spread, vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }

    private static void Gaussian(long seed, Span<float> vector)
    {
        var state = (ulong)seed * 0x9E37_79B9_7F4A_7C15;
        for (var i = 0; i < vector.Length; i++)
        {
            state += 0x9E37_79B9_7F4A_7C15; // SplitMix64; four 16-bit numbers add up to nearly a normal one
            var mixed = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
            mixed ^= mixed >> 31;
            vector[i] = (ushort)mixed + (ushort)(mixed >> 16) + (ushort)(mixed >> 32) + (ushort)(mixed >> 48) - 131_070f;
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }
}
