using FaceVoice.Models;

namespace FaceVoice.Testing.Models;

/// <summary>State dicts with seeded random weights under the names that the exporters read. The same seed gives the same weights.</summary>
public static class RandomWeights
{
    /// <summary>An x-vector of the given widths: five TDNN blocks and the linear layer.</summary>
    public static IReadOnlyDictionary<string, NamedTensor> XVector(int seed, int bands, ReadOnlySpan<int> widths, int dimension)
    {
        ReadOnlySpan<int> kernels = [5, 3, 3, 1, 1];
        var weights = new WeightMaker(seed);
        var inputs = bands;
        for (var i = 0; i < kernels.Length; i++)
        {
            weights.Layer($"blocks.{3 * i}.conv", widths[i], inputs, kernels[i]);
            weights.BatchNorm($"blocks.{(3 * i) + 2}.norm", widths[i]);
            inputs = widths[i];
        }

        weights.Layer("blocks.16.w", dimension, 2 * inputs);
        return weights.Tensors;
    }

    /// <summary>A projection head: linear layers between the given widths, LayerNorms but after the last.</summary>
    public static IReadOnlyDictionary<string, NamedTensor> Head(int seed, params ReadOnlySpan<int> widths)
    {
        var weights = new WeightMaker(seed);
        for (var i = 1; i < widths.Length; i++)
        {
            weights.Layer($"fc{i}", widths[i], widths[i - 1]);
            if (i < widths.Length - 1)
            {
                weights.Norm($"ln{i}", widths[i]);
            }
        }

        return weights.Tensors;
    }
}
