namespace FaceVoice.Datasets.Features;

/// <summary>
/// Shifts and scales each feature to mean 0 and deviation 1 on the training people. Frozen encoders give features of any scale; a head
/// that starts on standard ones learns at the same pace from all of them. At export the scaler is folded into the head's first layer.
/// </summary>
public sealed class FeatureScaler
{
    private FeatureScaler(float[] mean, float[] scale) => (Mean, Scale) = (mean, scale);

    /// <summary>Gets what is subtracted, one value a feature.</summary>
    public float[] Mean { get; }

    /// <summary>Gets what is multiplied with afterwards, one value a feature; 0 for a feature that never varies.</summary>
    public float[] Scale { get; }

    /// <summary>Measures the finite rows that some samples use.</summary>
    /// <param name="matrix">The features.</param>
    /// <param name="rows">The rows of the training people; at least one finite row.</param>
    /// <exception cref="InvalidDataException">No row is finite.</exception>
    public static FeatureScaler Fit(FeatureMatrix matrix, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (sum, squares) = (new double[matrix.Dimension], new double[matrix.Dimension]);
        var count = 0;
        foreach (var index in rows)
        {
            var row = matrix.Row(index);
            if (!FiniteValues.AreAll(row))
            {
                continue;
            }

            count++;
            for (var d = 0; d < row.Length; d++)
            {
                sum[d] += row[d];
                squares[d] += (double)row[d] * row[d];
            }
        }

        if (count == 0)
        {
            throw new InvalidDataException($"None of the {rows.Length} feature rows of the training people is finite.");
        }

        var (mean, scale) = (new float[sum.Length], new float[sum.Length]);
        for (var d = 0; d < mean.Length; d++)
        {
            var average = sum[d] / count;
            var variance = (squares[d] / count) - (average * average);
            mean[d] = (float)average;
            scale[d] = variance > 1e-12 * Math.Max(1, average * average) ? (float)(1 / Math.Sqrt(variance)) : 0;
        }

        return new(mean, scale);
    }

    /// <summary>Restores a scaler from a checkpoint.</summary>
    /// <param name="mean">As <see cref="Mean"/>.</param>
    /// <param name="scale">As <see cref="Scale"/>.</param>
    public static FeatureScaler FromValues(float[] mean, float[] scale) => new(mean, scale);

    /// <summary>A scaler that changes nothing.</summary>
    /// <param name="dimension">Values a row.</param>
    public static FeatureScaler Identity(int dimension)
    {
        var ones = new float[dimension];
        ones.AsSpan().Fill(1);
        return new(new float[dimension], ones);
    }

    /// <summary>The root mean square of the finite rows' values once they are scaled; 0 where there is no such row.</summary>
    /// <param name="matrix">The features as the encoder gives them.</param>
    /// <param name="rows">The rows to look at.</param>
    public double Level(FeatureMatrix matrix, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (sum, count) = (0.0, 0L);
        foreach (var index in rows)
        {
            var row = matrix.Row(index);
            if (!FiniteValues.AreAll(row))
            {
                continue;
            }

            count += row.Length;
            for (var d = 0; d < row.Length; d++)
            {
                var scaled = (double)((row[d] - Mean[d]) * Scale[d]);
                sum += scaled * scaled;
            }
        }

        return count == 0 ? 0 : Math.Sqrt(sum / count);
    }

    /// <summary>Scales every row into a new matrix.</summary>
    /// <param name="matrix">The features as the encoder gives them.</param>
    public FeatureMatrix Apply(FeatureMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var values = new float[matrix.Values.Length];
        for (var i = 0; i < values.Length; i += matrix.Dimension)
        {
            for (var d = 0; d < matrix.Dimension; d++)
            {
                values[i + d] = (matrix.Values[i + d] - Mean[d]) * Scale[d];
            }
        }

        return new(values, matrix.Dimension, matrix.Encoder);
    }
}
