namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// <c>scale * x + shift</c> for each channel, kept in double precision until it is folded into the weights of the layer that follows. BatchNorm in
/// evaluation is one. Folding is exact here, because every convolution is padded by reflection: the padding is made of frames that the affine map has seen.
/// </summary>
internal sealed record ChannelAffine(double[] Scale, double[] Shift)
{
    private const double BatchNormEpsilon = 1e-5;

    public static ChannelAffine Scaling(int width, double scale)
    {
        var scales = new double[width];
        Array.Fill(scales, scale);
        return new(scales, new double[width]);
    }

    public static ChannelAffine Identity(int width) => Scaling(width, 1);

    /// <summary>From <c>PREFIX.weight</c>, <c>.bias</c>, <c>.running_mean</c> and <c>.running_var</c>.</summary>
    public static ChannelAffine BatchNorm(StateDict weights, string prefix)
    {
        var gain = weights.Floats(prefix + ".weight");
        var bias = weights.Floats(prefix + ".bias");
        var mean = weights.Floats(prefix + ".running_mean");
        var variance = weights.Floats(prefix + ".running_var");
        var result = new ChannelAffine(new double[gain.Length], new double[gain.Length]);
        for (var c = 0; c < gain.Length; c++)
        {
            result.Scale[c] = gain[c] / Math.Sqrt(variance[c] + BatchNormEpsilon);
            result.Shift[c] = bias[c] - (mean[c] * result.Scale[c]);
        }

        return result;
    }

    public static ChannelAffine Concat(IEnumerable<ChannelAffine> parts)
    {
        var list = parts.ToList();
        return new([.. list.SelectMany(p => p.Scale)], [.. list.SelectMany(p => p.Shift)]);
    }

    public ChannelAffine Slice(int start, int width) => new(Scale[start..(start + width)], Shift[start..(start + width)]);
}
