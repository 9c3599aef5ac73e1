namespace FaceVoice.Datasets.Features;

/// <summary>Feature vectors of one modality in a single buffer, so that a batch is gathered by row copies alone.</summary>
public sealed class FeatureMatrix
{
    private readonly float[] _values;

    /// <summary>Wraps values; the buffer is not copied and must not change afterwards.</summary>
    /// <param name="values">[rows, dimension], row-major.</param>
    /// <param name="dimension">Values a row, at least 1.</param>
    /// <param name="encoder">Id of the encoder that computed them (a hash), or a word such as <c>synthetic</c>.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    public FeatureMatrix(float[] values, int dimension, string encoder)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (values.Length % dimension != 0)
        {
            throw new ArgumentException($"{values.Length} values are not whole rows of {dimension}.", nameof(values));
        }

        (_values, Dimension, Encoder) = (values, dimension, encoder);
    }

    /// <summary>Gets the number of values in each row.</summary>
    public int Dimension { get; }

    /// <summary>Gets the id of the encoder that computed the features.</summary>
    public string Encoder { get; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => _values.Length / Dimension;

    /// <summary>Gets all values, [rows, dimension], row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>One row.</summary>
    /// <param name="index">0 to <see cref="Rows"/> - 1.</param>
    public ReadOnlySpan<float> Row(int index) => _values.AsSpan(index * Dimension, Dimension);

    /// <summary>Copies rows one after the other.</summary>
    /// <param name="rows">Which, 0 to <see cref="Rows"/> - 1.</param>
    /// <param name="target">Takes them; at least as many rows long.</param>
    /// <returns>The filled part of <paramref name="target"/>, [rows, dimension].</returns>
    public ReadOnlyMemory<float> Gather(ReadOnlySpan<int> rows, float[] target)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(target.AsSpan(i * Dimension));
        }

        return target.AsMemory(0, rows.Length * Dimension);
    }

    internal float[] Buffer => _values;
}
