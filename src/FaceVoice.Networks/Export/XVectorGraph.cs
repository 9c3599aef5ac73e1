using FaceVoice.Onnx.Graph;

namespace FaceVoice.Networks.Export;

/// <summary>SpeechBrain's x-vector: five TDNN blocks, mean and standard deviation over time, one linear layer. Widths are read from the weights.</summary>
internal sealed class XVectorGraph : ISpeakerGraph
{
    private const double PooledDeviationOffset = 1e-5;

    private static readonly (int Kernel, int Dilation, int Width)[] Blocks = [(5, 1, 512), (3, 2, 512), (3, 3, 512), (1, 1, 512), (1, 1, 1500)];

    private readonly StateDict _weights;
    private readonly int[] _widths;

    public XVectorGraph(StateDict weights)
    {
        _weights = weights;
        MelBins = weights.Size(ConvolutionName(0) + ".weight", 1, 24);
        _widths = [.. Blocks.Select((block, i) => weights.Size(ConvolutionName(i) + ".weight", 0, block.Width))];
        Dimension = weights.Size(LinearName + ".weight", 0, 512);
    }

    public int MelBins { get; }

    public int Dimension { get; }

    private static string LinearName => $"blocks.{(3 * Blocks.Length) + 1}.w";

    public IReadOnlyList<TensorRequirement> Requirements()
    {
        var needed = new List<TensorRequirement>();
        var inputs = MelBins;
        for (var i = 0; i < Blocks.Length; i++)
        {
            needed.AddRange(TensorRequirements.Convolution(ConvolutionName(i), _widths[i], inputs, Blocks[i].Kernel));
            needed.AddRange(TensorRequirements.BatchNorm(NormName(i), _widths[i]));
            inputs = _widths[i];
        }

        needed.Add(new(LinearName + ".weight", Dimension, 2 * inputs));
        needed.Add(new(LinearName + ".bias", Dimension));
        return needed;
    }

    public OnnxValue Build(FrameGraph frames, FrameSignal features)
    {
        var layers = new FrameLayers(frames, _weights);
        var signal = features;
        for (var i = 0; i < Blocks.Length; i++)
        {
            signal = layers.LeakyReluBlock(signal, ConvolutionName(i), NormName(i), _widths[i], Blocks[i].Kernel, Blocks[i].Dilation);
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
        var (matrix, bias) = LinearFolding.Linear(_weights.Floats(LinearName + ".weight"), _weights.Floats(LinearName + ".bias"), pooledAffine, Dimension);
        return layers.Product(pooled, LinearName, matrix, bias, 2L * signal.Width, Dimension);
    }

    private static string ConvolutionName(int block) => $"blocks.{3 * block}.conv";

    private static string NormName(int block) => $"blocks.{(3 * block) + 2}.norm";
}
