using System.Numerics.Tensors;
using FaceVoice.Index;
using FaceVoice.Models;

namespace FaceVoice.Benchmarks.Index;

/// <summary>
/// What renewable templates protect, measured on real embeddings: <c>templates VECTORS.npy LABELS.txt</c>, a label a line. Two indexes of the same people
/// under two keys, and somebody who holds copies of both files and tries to tell who is who.
/// </summary>
internal static class TemplateLinkability
{
    private const int MaxPairs = 400_000;
    private const string Column = VectorName.Speaker;

    public static int Run(string vectorFile, string labelFile)
    {
        var tensor = NpyFile.Read(vectorFile);
        var size = (int)tensor.Shape[1];
        var plain = tensor.Floats.ToArray().Chunk(size).ToArray();
        var labels = File.ReadAllLines(labelFile);
        using StoreKey one = StoreKey.Generate(), two = StoreKey.Generate();
        var schema = new IndexSchema("templates", new Dictionary<string, int> { [Column] = size });
        var (first, second) = (Store(plain, new VectorSpace(schema, one)), Store(plain, new VectorSpace(schema, two)));
        ComparisonTable.Print($"{plain.Length:N0} vectors of {size}, {labels.Distinct().Count()} identities");
        ComparisonTable.Print($"AUC of same against other identity: plain {Auc(plain, plain, labels, sameRow: false):F6}, both under one key {Auc(first, first, labels, sameRow: false):F6}, under two keys {Auc(first, second, labels, sameRow: false):F4}");
        ComparisonTable.Print($"AUC of the very same record against others, under two keys: {Auc(first, second, labels, sameRow: true):F4}");
        ComparisonTable.Print($"the same records under two keys, told by how near they lie to their ten nearest: {Profile(first, second):P1} of {plain.Length:N0} matched (chance {1.0 / plain.Length:P2})");
        var (even, odd) = Halves(labels);
        ComparisonTable.Print($"the same people by other recordings under two keys, told in that way: {ProfileOfPeople(first, second, even, odd, labels):P1} matched (chance {1.0 / labels.Distinct().Count():P2})");
        foreach (var known in new[] { size / 8, size / 2, size, size * 2 })
        {
            ComparisonTable.Print($"rotation solved from {known} records known in both: {Solved(first, second, known):P1} of the other records matched");
        }

        return 0;
    }

    private static float[][] Store(float[][] vectors, VectorSpace space) => [.. vectors.Select(v => space.ToStored(Column, v))];

    /// <summary>Pairs drawn at random, as many of one kind as of the other.</summary>
    private static double Auc(float[][] left, float[][] right, string[] labels, bool sameRow)
    {
        var random = new Random(1);
        var groups = Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).ToDictionary(g => g.Key, g => g.ToArray());
        var (scores, isTarget) = (new List<float>(), new List<bool>());
        for (var i = 0; i < MaxPairs / 2; i++)
        {
            var a = random.Next(labels.Length);
            var mates = groups[labels[a]];
            var b = sameRow ? a : mates[random.Next(mates.Length)];
            var c = random.Next(labels.Length);
            if ((a == b && !sameRow) || labels[a] == labels[c])
            {
                continue;
            }

            scores.AddRange([TensorPrimitives.Dot<float>(left[a], right[b]), TensorPrimitives.Dot<float>(left[a], right[c])]);
            isTarget.AddRange([true, false]);
        }

        return Area(scores, isTarget);
    }

    private static double Area(List<float> scores, List<bool> isTarget)
    {
        var order = Enumerable.Range(0, scores.Count).OrderBy(i => scores[i]).ToArray();
        var (ranks, targets) = (0.0, 0);
        for (var i = 0; i < order.Length; i++)
        {
            if (isTarget[order[i]])
            {
                ranks += i + 1;
                targets++;
            }
        }

        return (ranks - (targets * (targets + 1.0) / 2)) / ((double)targets * (order.Length - targets));
    }

    /// <summary>Matches records by their cosines to their own index's nearest: those are the same under every key.</summary>
    private static double Profile(float[][] left, float[][] right)
    {
        var rows = Enumerable.Range(0, left.Length).ToArray();
        var (a, b) = (new float[left.Length][], new float[right.Length][]);
        Parallel.ForEach(rows, i => (a[i], b[i]) = (Nearest(left, i), Nearest(right, i)));
        return rows.AsParallel().Count(i => rows.MinBy(j => TensorPrimitives.Distance<float>(a[i], b[j])) == i) / (double)rows.Length;
    }

    private static float[] Nearest(float[][] vectors, int row) =>
        [.. vectors.Select(v => TensorPrimitives.Dot<float>(vectors[row], v)).OrderDescending().Skip(1).Take(10)];

    private static (int[] Even, int[] Odd) Halves(string[] labels)
    {
        var (even, odd) = (new List<int>(), new List<int>());
        foreach (var group in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
        {
            foreach (var (place, row) in group.Index())
            {
                (place % 2 == 0 ? even : odd).Add(row);
            }
        }

        return ([.. even], [.. odd]);
    }

    private static double ProfileOfPeople(float[][] left, float[][] right, int[] even, int[] odd, string[] labels)
    {
        var (people, others) = (Profiles(left, even, labels), Profiles(right, odd, labels));
        return people.AsParallel().Count(p => others.MinBy(o => TensorPrimitives.Distance<float>(p.Value, o.Value)).Key == p.Key) / (double)people.Count;
    }

    /// <summary>A person's mean vector's cosines to the nearest other people of the same index.</summary>
    private static Dictionary<string, float[]> Profiles(float[][] vectors, int[] rows, string[] labels)
    {
        var means = rows.GroupBy(r => labels[r]).ToDictionary(g => g.Key, g =>
        {
            var mean = new float[vectors[0].Length];
            foreach (var row in g)
            {
                TensorPrimitives.Add(mean, vectors[row], mean);
            }

            TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
            return mean;
        });
        return means.ToDictionary(m => m.Key, m => means.Values.Select(o => TensorPrimitives.Dot<float>(m.Value, o)).OrderDescending().Skip(1).Take(10).ToArray());
    }

    /// <summary>Least squares for the map from one index to the other, from records known in both; then matches the rest.</summary>
    private static double Solved(float[][] left, float[][] right, int known)
    {
        var size = left[0].Length;
        var random = new Random(2);
        var order = Enumerable.Range(0, left.Length).ToArray();
        random.Shuffle(order);
        if (known >= order.Length)
        {
            return double.NaN;
        }

        var (gram, cross) = (new double[size, size], new double[size, size]);
        foreach (var row in order[..known])
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    gram[i, j] += left[row][i] * left[row][j];
                    cross[i, j] += left[row][i] * right[row][j];
                }
            }
        }

        for (var i = 0; i < size; i++)
        {
            gram[i, i] += 1e-6 * known / size; // so that it can be solved where few are known
        }

        Solve(gram, cross);
        var rest = order[known..].Take(500).ToArray();
        return rest.AsParallel().Count(row =>
        {
            var mapped = Map(cross, left[row]);
            return order[known..].MaxBy(other => TensorPrimitives.Dot<float>(mapped, right[other])) == row;
        }) / (double)rest.Length;
    }

    private static float[] Map(double[,] map, float[] vector)
    {
        var mapped = new float[vector.Length];
        for (var j = 0; j < mapped.Length; j++)
        {
            var sum = 0.0;
            for (var i = 0; i < vector.Length; i++)
            {
                sum += vector[i] * map[i, j];
            }

            mapped[j] = (float)sum;
        }

        return mapped;
    }

    /// <summary>Gauss–Jordan with the largest pivot; leaves the solution in the right side.</summary>
    private static void Solve(double[,] matrix, double[,] right)
    {
        var size = matrix.GetLength(0);
        for (var column = 0; column < size; column++)
        {
            var pivot = Enumerable.Range(column, size - column).MaxBy(r => Math.Abs(matrix[r, column]));
            for (var j = 0; j < size; j++)
            {
                (matrix[column, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[column, j]);
                (right[column, j], right[pivot, j]) = (right[pivot, j], right[column, j]);
            }

            for (var row = 0; row < size; row++)
            {
                var factor = matrix[row, column] / matrix[column, column];
                if (row == column || factor == 0)
                {
                    continue;
                }

                for (var j = 0; j < size; j++)
                {
                    matrix[row, j] -= factor * matrix[column, j];
                    right[row, j] -= factor * right[column, j];
                }
            }
        }

        for (var row = 0; row < size; row++)
        {
            for (var j = 0; j < size; j++)
            {
                right[row, j] /= matrix[row, row];
            }
        }
    }
}
