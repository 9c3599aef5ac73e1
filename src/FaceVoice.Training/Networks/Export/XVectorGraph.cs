using FaceVoice.Models.Graph;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>The x-vector network: TDNN blocks, mean and standard deviation over time, one linear layer.</summary>
internal sealed class XVectorGraph(XVectorOptions options, StateDict weights) : ISpeakerGraph
{
    private const double PooledDeviationOffset = 1e-5;

    public int MelBins => options.MelBins;

    public int Dimension => options.EmbeddingDimension;

    private string LinearName => $"blocks.{(3 * options.Channels.Count) + 1}.w";

    /// <summary>The published kernels and dilations with the widths that the weights have.</summary>
    public static XVectorOptions ReadOptions(StateDict weights)
    {
        var published = new XVectorOptions();
        return published with
        {
            MelBins = weights.Size(ConvolutionName(0) + ".weight", 1, published.MelBins),
            Channels = [.. published.Channels.Select((width, i) => weights.Size(ConvolutionName(i) + ".weight", 0, width))],
            EmbeddingDimension = weights.Size($"blocks.{(3 * published.Channels.Count) + 1}.w.weight", 0, published.EmbeddingDimension),
        };
    }

    public IReadOnlyList<TensorRequirement> Requirements()
    {
        var needed = new List<TensorRequirement>();
        var inputs = MelBins;
        for (var i = 0; i < options.Channels.Count; i++)
        {
            needed.AddRange(TensorRequirements.Convolution(ConvolutionName(i), options.Channels[i], inputs, options.KernelSizes[i]));
            needed.AddRange(TensorRequirements.BatchNorm(NormName(i), options.Channels[i]));
            inputs = options.Channels[i];
        }

        needed.AddRange(TensorRequirements.Linear(LinearName, Dimension, 2 * inputs));
        return needed;
    }

    public OnnxValue Build(FrameGraph frames, FrameSignal features)
    {
        var layers = new FrameLayers(frames, weights);
        var signal = features;
        for (var i = 0; i < options.Channels.Count; i++)
        {
            signal = layers.LeakyReluBlock(signal, ConvolutionName(i), NormName(i), options.Channels[i], options.KernelSizes[i], options.Dilations[i]);
        }

        // The last BatchNorm acts on mean and deviation as it would on the frames: it is folded into the linear layer, like the small offset.
        var graph = frames.Graph;
        var mean = frames.RowMean(signal.Value);
        var degrees = graph.Add("Max", [graph.Add("Sub", [frames.CountsAsFloat, graph.Scalar(1f)]), graph.Scalar(1f)]);
        var deviation = graph.Add("Sqrt", [layers.RowVariance(signal.Value, mean, degrees)]);
        var pooled = graph.Add("Concat", [mean, deviation], OnnxAttribute.Of("axis", 1));
        var norm = signal.Affine;
        var offset = new double[signal.Width];
        Array.Fill(offset, PooledDeviationOffset);
        var pooledAffine = ChannelAffine.Concat([norm, new(Array.ConvertAll(norm.Scale, Math.Abs), offset)]);
        var (matrix, bias) = LinearFolding.Linear(weights.Floats(LinearName + ".weight"), weights.Floats(LinearName + ".bias"), pooledAffine, Dimension);
        return layers.Product(pooled, LinearName, matrix, bias, 2L * signal.Width, Dimension);
    }

    private static string ConvolutionName(int block) => $"blocks.{3 * block}.conv";

    private static string NormName(int block) => $"blocks.{(3 * block) + 2}.norm";
}
