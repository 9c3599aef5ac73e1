using System.Numerics.Tensors;
using FaceVoice.Training.Networks;

namespace FaceVoice.Training.Statistics;

/// <summary>What a batch of face and voice embeddings says about the health of a space. Thread-safe.</summary>
public static class EmbeddingStatistics
{
    private const int MostRows = 96;

    /// <summary>Measures a batch of unit vectors.</summary>
    /// <param name="faces">[rows, dimension], unit rows.</param>
    /// <param name="voices">[rows, dimension]; row i belongs to the same sample as face i.</param>
    /// <param name="dimension">Values a row.</param>
    /// <param name="groups">Rows with the same number are positives of one another.</param>
    public static BatchHealth Measure(ReadOnlySpan<float> faces, ReadOnlySpan<float> voices, int dimension, ReadOnlySpan<int> groups)
    {
        var rows = groups.Length;
        double alignment = 0;
        var (hitsFace, hitsVoice) = (0, 0);
        var similarity = Similarity(faces, voices, dimension);
        for (var i = 0; i < rows; i++)
        {
            alignment += 2 - (2 * similarity[(i * rows) + i]);
            hitsFace += groups[BestInRow(similarity, rows, i)] == groups[i] ? 1 : 0;
            hitsVoice += groups[BestInColumn(similarity, rows, i)] == groups[i] ? 1 : 0;
        }

        return new()
        {
            RecallAt1 = (hitsFace + hitsVoice) / (2.0 * rows),
            ChanceRecallAt1 = ChanceRecall(groups),
            Alignment = alignment / rows,
            FaceUniformity = Uniformity(faces, dimension),
            VoiceUniformity = Uniformity(voices, dimension),
            FaceEffectiveRank = EffectiveRank(faces, dimension),
            VoiceEffectiveRank = EffectiveRank(voices, dimension),
        };
    }

    /// <summary>Cosine of every face with every voice, [faces, voices].</summary>
    /// <param name="faces">[rows, dimension], unit rows.</param>
    /// <param name="voices">[rows, dimension], unit rows.</param>
    /// <param name="dimension">Values a row.</param>
    public static float[] Similarity(ReadOnlySpan<float> faces, ReadOnlySpan<float> voices, int dimension)
    {
        var (n, m) = (faces.Length / dimension, voices.Length / dimension);
        var values = new float[n * m];
        for (var i = 0; i < n; i++)
        {
            var face = faces.Slice(i * dimension, dimension);
            for (var j = 0; j < m; j++)
            {
                values[(i * m) + j] = TensorPrimitives.Dot(face, voices.Slice(j * dimension, dimension));
            }
        }

        return values;
    }

    /// <summary>
    /// exp of the entropy of the normalised singular values of the centred rows (Roy and Vetterli, 2007), on the first 96 rows: 1 means all rows lie
    /// on a line, or are the same.
    /// </summary>
    /// <param name="rows">[rows, dimension].</param>
    /// <param name="dimension">Values a row.</param>
    public static double EffectiveRank(ReadOnlySpan<float> rows, int dimension)
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var n = Math.Min(MostRows, rows.Length / dimension);
        var values = tensor(rows[..(n * dimension)].ToArray(), [n, dimension]).to(ScalarType.Float64);
        var centred = values - values.mean([0], keepdim: true);
        // Its non-zero eigenvalues are those of the other order of the product, which may be larger.
        var gram = n < dimension ? centred.mm(centred.t()) : centred.t().mm(centred);
        var total = gram.trace().ToDouble();
        if (!double.IsFinite(total) || total < 1e-9 * n)
        {
            return 1; // all rows are the same, to within rounding
        }

        var singular = Array.ConvertAll(linalg.eigvalsh(gram).ToArray<double>(), value => Math.Sqrt(Math.Max(value, 0)));
        var sum = singular.Sum();
        return Math.Exp(-singular.Select(value => value / sum).Where(p => p > 1e-12).Sum(p => p * Math.Log(p)));
    }

    /// <summary>
    /// log of the mean of exp(-2 |x - y|²) over pairs of rows (Wang and Isola, 2020): 0 where all are equal, near -4 where they fill the
    /// sphere.
    /// </summary>
    /// <param name="rows">[rows, dimension], unit rows.</param>
    /// <param name="dimension">Values a row.</param>
    public static double Uniformity(ReadOnlySpan<float> rows, int dimension)
    {
        var n = Math.Min(MostRows, rows.Length / dimension);
        double sum = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += Math.Exp(-4 + (4 * TensorPrimitives.Dot(rows.Slice(i * dimension, dimension), rows.Slice(j * dimension, dimension))));
            }
        }

        return n < 2 ? 0 : Math.Log(sum / (n * (n - 1) / 2.0));
    }

    /// <summary>How often a blind guess finds a positive: 1/N where every row is its own group.</summary>
    /// <param name="groups">The group of each row.</param>
    public static double ChanceRecall(ReadOnlySpan<int> groups)
    {
        var counts = new Dictionary<int, int>();
        foreach (var group in groups)
        {
            counts[group] = counts.GetValueOrDefault(group) + 1;
        }

        return counts.Values.Sum(count => (double)count * count) / ((double)groups.Length * groups.Length);
    }

    private static int BestInRow(float[] similarity, int rows, int i) => TensorPrimitives.IndexOfMax(similarity.AsSpan(i * rows, rows)) is >= 0 and var best ? best : i;

    private static int BestInColumn(float[] similarity, int rows, int column)
    {
        var best = 0;
        for (var i = 1; i < rows; i++)
        {
            if (similarity[(i * rows) + column] > similarity[(best * rows) + column])
            {
                best = i;
            }
        }

        return best;
    }
}

/// <summary>Health figures of one batch of embeddings.</summary>
public sealed record BatchHealth
{
    /// <summary>Gets how often the nearest of the other side is a positive, mean of both directions, 0 to 1.</summary>
    public required double RecallAt1 { get; init; }

    /// <summary>Gets what <see cref="RecallAt1"/> would be by guessing: 1/N where every sample is another person.</summary>
    public required double ChanceRecallAt1 { get; init; }

    /// <summary>Gets the mean squared distance between the two sides of a sample, 0 to 4; 2 is what unrelated directions have.</summary>
    public required double Alignment { get; init; }

    /// <summary>Gets the uniformity of the face embeddings; 0 is collapse.</summary>
    public required double FaceUniformity { get; init; }

    /// <summary>Gets the uniformity of the voice embeddings; 0 is collapse.</summary>
    public required double VoiceUniformity { get; init; }

    /// <summary>Gets how many directions the face embeddings use; 1 is collapse.</summary>
    public required double FaceEffectiveRank { get; init; }

    /// <summary>Gets how many directions the voice embeddings use; 1 is collapse.</summary>
    public required double VoiceEffectiveRank { get; init; }
}
