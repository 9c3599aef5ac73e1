using FaceVoice.Models.Graph;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// <see cref="SpeakerResNet"/>: stages and widths are read from the weights. Works on [batch, channels, bands, frames]; what lies behind a row's end is
/// set to zero before every convolution that looks at neighbours, so that each row sees the same zeros as it does alone.
/// </summary>
internal sealed class ResNetGraph : ISpeakerGraph
{
    private const int Bands = 80;
    private readonly StateDict _weights;
    private readonly int _stemWidth;
    private readonly int _attentionWidth;
    private readonly int _pooledWidth;
    private readonly List<(int Width, bool Shortcut, int Stride)> _blocks = [];

    public ResNetGraph(StateDict weights)
    {
        _weights = weights;
        _stemWidth = weights.Size("stem_conv.weight", 0, 16);
        Dimension = weights.Size("linear.weight", 0, 256);
        _attentionWidth = weights.Size("attention1.weight", 0, 64);
        _pooledWidth = weights.Size("attention1.weight", 1, 640);
        var width = _stemWidth;
        for (var i = 0; weights.Contains($"blocks.{i}.conv1.weight"); i++)
        {
            // Stages differ in width, and each but the first starts with a step of two.
            var next = weights.Size($"blocks.{i}.conv1.weight", 0, width);
            _blocks.Add((next, weights.Contains($"blocks.{i}.shortcut_conv.weight"), next == width ? 1 : 2));
            width = next;
        }
    }

    public int MelBins => Bands;

    public int Dimension { get; }

    /// <summary>The sizes that the weights have.</summary>
    public static SpeakerResNetOptions ReadOptions(StateDict weights)
    {
        var graph = new ResNetGraph(weights);
        List<(int Width, int Blocks)> stages = [(graph._stemWidth, 0)];
        foreach (var (width, _, stride) in graph._blocks)
        {
            if (stride == 1)
            {
                stages[^1] = (stages[^1].Width, stages[^1].Blocks + 1);
            }
            else
            {
                stages.Add((width, 1));
            }
        }

        return new()
        {
            MelBands = Bands,
            Channels = [.. stages.Select(stage => stage.Width)],
            Blocks = [.. stages.Select(stage => stage.Blocks)],
            AttentionChannels = graph._attentionWidth,
            EmbeddingSize = graph.Dimension,
        };
    }

    public IReadOnlyList<TensorRequirement> Requirements()
    {
        List<TensorRequirement> needed = [.. Convolution("stem_conv", "stem_bn", _stemWidth, 1, 3)];
        var width = _stemWidth;
        var bands = (MelBins + 1) / 2;
        foreach (var (i, (next, shortcut, stride)) in _blocks.Index())
        {
            needed.AddRange(Convolution($"blocks.{i}.conv1", $"blocks.{i}.bn1", next, width, 3));
            needed.AddRange(Convolution($"blocks.{i}.conv2", $"blocks.{i}.bn2", next, next, 3));
            if (shortcut || stride > 1)
            {
                needed.AddRange(Convolution($"blocks.{i}.shortcut_conv", $"blocks.{i}.shortcut_bn", next, width, 1));
            }

            bands = (bands + stride - 1) / stride;
            width = next;
        }

        var rows = bands * width;
        return
        [
            .. needed,
            .. TensorRequirements.Convolution("attention1", _attentionWidth, rows, 1),
            .. TensorRequirements.Convolution("attention2", rows, _attentionWidth, 1),
            .. TensorRequirements.BatchNorm("pool_bn", 2 * rows),
            .. TensorRequirements.Linear("linear", Dimension, 2 * rows),
        ];
    }

    public OnnxValue Build(FrameGraph frames, FrameSignal features)
    {
        var graph = frames.Graph;
        var layers = new FrameLayers(frames, _weights);
        var scale = ChannelAffine.Scaling(features.Width, SpeakerResNet.InputScale * features.Affine.Scale[0]);
        var padded = frames.Unpack(graph.Add("Mul", [features.Value, layers.Row(scale.Scale)]), features.Width);
        var x = graph.Add("Unsqueeze", [graph.Add("Transpose", [padded], OnnxAttribute.Of("perm", 0L, 2L, 1L)), graph.Integers(1)]);
        var counts = Halve(graph, frames.Counts);
        x = Masked(graph, graph.Add("Relu", [Convolve(frames, x, "stem_conv", "stem_bn", 3, 2)]), counts);
        foreach (var (i, (_, shortcut, stride)) in _blocks.Index())
        {
            counts = stride == 2 ? Halve(graph, counts) : counts;
            var inner = Masked(graph, graph.Add("Relu", [Convolve(frames, x, $"blocks.{i}.conv1", $"blocks.{i}.bn1", 3, stride)]), counts);
            var outer = shortcut ? Convolve(frames, x, $"blocks.{i}.shortcut_conv", $"blocks.{i}.shortcut_bn", 1, stride) : x;
            var sum = graph.Add("Add", [Convolve(frames, inner, $"blocks.{i}.conv2", $"blocks.{i}.bn2", 3, 1), outer]);
            x = Masked(graph, graph.Add("Relu", [sum]), counts);
        }

        return Pool(frames, layers, graph.Add("Reshape", [x, graph.Integers(0, _pooledWidth, -1)]), counts);
    }

    private OnnxValue Pool(FrameGraph frames, FrameLayers layers, OnnxValue x, OnnxValue counts)
    {
        var graph = frames.Graph;
        var hidden = graph.Add("Tanh", [Pointwise(frames, x, "attention1", _attentionWidth, _pooledWidth)]);
        var logits = Pointwise(frames, hidden, "attention2", _pooledWidth, _attentionWidth);
        var inside = graph.Add("Unsqueeze", [Inside(graph, x, counts, axis: 2), graph.Integers(1)]);
        var weights = graph.Add("Softmax", [graph.Add("Where", [inside, logits, graph.Scalar(-1e9f)])], OnnxAttribute.Of("axis", 2));
        var weighted = graph.Add("Mul", [weights, x]);
        var mean = SumOverTime(graph, weighted);
        var power = SumOverTime(graph, graph.Add("Mul", [weighted, x]));
        var variance = graph.Add("Sub", [power, graph.Add("Mul", [mean, mean])]);
        var deviation = graph.Add("Sqrt", [graph.Add("Max", [variance, graph.Scalar((float)SpeakerResNet.VarianceFloor)])]);
        var pooled = graph.Add("Concat", [mean, deviation], OnnxAttribute.Of("axis", 1));
        var (matrix, bias) = LinearFolding.Linear(_weights.Floats("linear.weight"), _weights.Floats("linear.bias"), ChannelAffine.BatchNorm(_weights, "pool_bn"), Dimension);
        return layers.Product(pooled, "linear", matrix, bias, 2L * _pooledWidth, Dimension);
    }

    // A convolution without bias, the BatchNorm behind it multiplied in.
    private OnnxValue Convolve(FrameGraph frames, OnnxValue x, string convolution, string norm, int kernel, int stride)
    {
        var graph = frames.Graph;
        var affine = ChannelAffine.BatchNorm(_weights, norm);
        var weight = _weights.Floats(convolution + ".weight").ToArray();
        var outputs = affine.Scale.Length;
        var perOutput = weight.Length / outputs;
        for (var i = 0; i < weight.Length; i++)
        {
            weight[i] = (float)(weight[i] * affine.Scale[i / perOutput]);
        }

        var pad = (long)(kernel / 2);
        return graph.Add(
            "Conv",
            [
                x,
                frames.Constant(convolution + ".weight", [outputs, perOutput / (kernel * kernel), kernel, kernel], weight),
                frames.Constant(convolution + ".bias", [outputs], Array.ConvertAll(affine.Shift, s => (float)s)),
            ],
            OnnxAttribute.Of("kernel_shape", (long)kernel, (long)kernel),
            OnnxAttribute.Of("strides", (long)stride, (long)stride),
            OnnxAttribute.Of("pads", pad, pad, pad, pad));
    }

    private OnnxValue Pointwise(FrameGraph frames, OnnxValue x, string prefix, int outputs, int inputs) => frames.Graph.Add(
        "Conv",
        [
            x,
            frames.Constant(prefix + ".weight", [outputs, inputs, 1], _weights.Floats(prefix + ".weight").ToArray()),
            frames.Constant(prefix + ".bias", [outputs], _weights.Floats(prefix + ".bias").ToArray()),
        ],
        OnnxAttribute.Of("kernel_shape", [1L]));

    private static OnnxValue SumOverTime(OnnxGraphBuilder graph, OnnxValue x) =>
        graph.Add("ReduceSum", [x, graph.Integers(2)], OnnxAttribute.Of("keepdims", 0));

    /// <summary>Lengths after a step of two: half, rounded up.</summary>
    private static OnnxValue Halve(OnnxGraphBuilder graph, OnnxValue counts) =>
        graph.Add("Div", [graph.Add("Add", [counts, graph.Scalar(1L)]), graph.Scalar(2L)]);

    /// <summary>Which of each row's places along an axis hold something: bool [batch, places].</summary>
    private static OnnxValue Inside(OnnxGraphBuilder graph, OnnxValue x, OnnxValue counts, int axis)
    {
        var places = graph.Add("Shape", [x], OnnxAttribute.Of("start", axis), OnnxAttribute.Of("end", axis + 1));
        var range = graph.Add("Range", [graph.Scalar(0L), graph.Add("Squeeze", [places]), graph.Scalar(1L)]);
        return graph.Add("Less", [range, graph.Add("Unsqueeze", [counts, graph.Integers(1)])]);
    }

    private static OnnxValue Masked(OnnxGraphBuilder graph, OnnxValue x, OnnxValue counts)
    {
        var inside = graph.Add("Cast", [Inside(graph, x, counts, axis: 3)], OnnxAttribute.Of("to", 1));
        return graph.Add("Mul", [x, graph.Add("Unsqueeze", [inside, graph.Integers(1, 2)])]);
    }

    private static IEnumerable<TensorRequirement> Convolution(string convolution, string norm, int outputs, int inputs, int kernel) =>
        [new(convolution + ".weight", outputs, inputs, kernel, kernel), .. TensorRequirements.BatchNorm(norm, outputs)];
}
