using FaceVoice.Models.Graph;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>ECAPA-TDNN: squeeze-excitation Res2Net blocks, aggregation, attentive statistics pooling, one linear layer.</summary>
internal sealed class EcapaGraph(EcapaTdnnOptions options, StateDict weights) : ISpeakerGraph
{
    private const float SmallestVariance = 1e-12f;

    public int MelBins => options.MelBins;

    public int Dimension => options.EmbeddingDimension;

    private int Last => options.Channels.Count - 1;

    private int PooledWidth => options.Channels[^1];

    /// <summary>The published kernels, dilations and groups with the widths that the weights have.</summary>
    public static EcapaTdnnOptions ReadOptions(StateDict weights)
    {
        var published = new EcapaTdnnOptions();
        var last = published.Channels.Count - 1;
        return published with
        {
            MelBins = weights.Size("blocks.0.conv.conv.weight", 1, published.MelBins),
            Channels =
            [
                weights.Size("blocks.0.conv.conv.weight", 0, published.Channels[0]),
                .. Enumerable.Range(1, last - 1).Select(n => weights.Size($"blocks.{n}.tdnn2.conv.conv.weight", 0, published.Channels[n])),
                weights.Size("mfa.conv.conv.weight", 0, published.Channels[last]),
            ],
            AttentionChannels = weights.Size("asp.tdnn.conv.conv.weight", 0, published.AttentionChannels),
            SqueezeChannels = weights.Size("blocks.1.se_block.conv1.conv.weight", 0, published.SqueezeChannels),
            EmbeddingDimension = weights.Size("fc.conv.weight", 0, published.EmbeddingDimension),
        };
    }

    public IReadOnlyList<TensorRequirement> Requirements() =>
    [
        .. Block("blocks.0", options.Channels[0], MelBins, options.KernelSizes[0]),
        .. Enumerable.Range(1, Last - 1).SelectMany(SqueezeBlockRequirements),
        .. Block("mfa", PooledWidth, options.Channels.Skip(1).SkipLast(1).Sum(), options.KernelSizes[Last]),
        .. Block("asp.tdnn", options.AttentionChannels, 3 * PooledWidth, 1),
        .. TensorRequirements.Convolution("asp.conv.conv", PooledWidth, options.AttentionChannels, 1),
        .. TensorRequirements.BatchNorm("asp_bn.norm", 2 * PooledWidth),
        .. TensorRequirements.Convolution("fc.conv", Dimension, 2 * PooledWidth, 1),
    ];

    public OnnxValue Build(FrameGraph frames, FrameSignal features)
    {
        var layers = new FrameLayers(frames, weights);
        var signal = layers.Settle(Tdnn(layers, features, "blocks.0", options.Channels[0], options.KernelSizes[0], options.Dilations[0]));
        var outputs = new List<FrameSignal>();
        for (var n = 1; n < Last; n++)
        {
            signal = SqueezeBlock(frames, layers, signal, n);
            outputs.Add(signal);
        }

        var aggregated = Tdnn(layers, layers.Concat(outputs), "mfa", PooledWidth, options.KernelSizes[Last], options.Dilations[Last]);
        var pooled = AttentivePooling(frames, layers, aggregated);
        return RowConvolution(layers, pooled, "fc.conv", ChannelAffine.BatchNorm(weights, "asp_bn.norm"), Dimension);
    }

    private static FrameSignal Tdnn(FrameLayers layers, FrameSignal input, string prefix, int outputs, int kernel, int dilation) =>
        layers.ReluBlock(input, prefix + ".conv.conv", prefix + ".norm.norm", outputs, kernel, dilation);

    private FrameSignal SqueezeBlock(FrameGraph frames, FrameLayers layers, FrameSignal input, int block)
    {
        var graph = frames.Graph;
        var prefix = $"blocks.{block}";
        var width = options.Channels[block];
        var groups = layers.Split(Tdnn(layers, input, prefix + ".tdnn1", width, 1, 1), options.Res2NetScale);
        var joined = Res2Net(graph, layers, groups, prefix, options.KernelSizes[block], options.Dilations[block]);
        var inner = Tdnn(layers, joined, prefix + ".tdnn2", width, 1, 1);
        var residual = input.Width == width ? input.Value : layers.Convolution(input, prefix + ".shortcut.conv", width, 1, 1);

        // BatchNorm of tdnn2 and the gate are both per channel: their product, made on [batch, width], costs the frames one pass instead of two.
        var gate = Gate(frames, layers, inner, prefix + ".se_block");
        var scale = frames.Spread(graph.Add("Mul", [gate, layers.Row(inner.Affine.Scale)]));
        var shift = frames.Spread(graph.Add("Mul", [gate, layers.Row(inner.Affine.Shift)]));
        var gated = graph.Add("Add", [graph.Add("Mul", [inner.Value, scale]), shift]);
        return new(graph.Add("Add", [gated, residual]), width);
    }

    private static FrameSignal Res2Net(OnnxGraphBuilder graph, FrameLayers layers, FrameSignal[] groups, string prefix, int kernel, int dilation)
    {
        var results = new FrameSignal[groups.Length];
        results[0] = groups[0];
        for (var j = 1; j < groups.Length; j++)
        {
            var input = groups[j];
            if (j > 1)
            {
                results[j - 1] = layers.Settle(results[j - 1]);
                input = new(graph.Add("Add", [layers.Settle(groups[j]).Value, results[j - 1].Value]), input.Width);
            }

            results[j] = Tdnn(layers, input, $"{prefix}.res2net_block.blocks.{j - 1}", input.Width, kernel, dilation);
        }

        return layers.Concat(results);
    }

    private OnnxValue Gate(FrameGraph frames, FrameLayers layers, FrameSignal inner, string prefix)
    {
        var graph = frames.Graph;
        var squeezed = graph.Add("Relu", [RowConvolution(layers, frames.RowMean(inner.Value), prefix + ".conv1.conv", inner.Affine, options.SqueezeChannels)]);
        return graph.Add("Sigmoid", [RowConvolution(layers, squeezed, prefix + ".conv2.conv", ChannelAffine.Identity(options.SqueezeChannels), inner.Width)]);
    }

    // A convolution of kernel 1 on [batch, width].
    private OnnxValue RowConvolution(FrameLayers layers, OnnxValue rows, string prefix, ChannelAffine affine, int outputs)
    {
        var (matrix, bias) = LinearFolding.Linear(weights.Floats(prefix + ".weight"), weights.Floats(prefix + ".bias"), affine, outputs);
        return layers.Product(rows, prefix, matrix, bias, affine.Scale.Length, outputs);
    }

    private OnnxValue AttentivePooling(FrameGraph frames, FrameLayers layers, FrameSignal signal)
    {
        var graph = frames.Graph;
        var norm = signal.Affine;
        var weights = AttentionWeights(frames, layers, signal);
        var total = frames.RowSum(weights);
        var mean = graph.Add("Div", [frames.RowSum(graph.Add("Mul", [weights, signal.Value])), total]);
        var deviation = graph.Add("Sub", [signal.Value, frames.Spread(mean)]);
        var squares = graph.Add("Mul", [weights, graph.Add("Mul", [deviation, deviation])]);
        var variance = graph.Add("Div", [frames.RowSum(squares), total]);
        return graph.Add("Concat", [layers.Apply(mean, norm), Deviation(graph, layers, variance, norm)], OnnxAttribute.Of("axis", 1));
    }

    // exp(logit - the row's largest logit of the channel): softmax over time, before the division by its sum.
    private OnnxValue AttentionWeights(FrameGraph frames, FrameLayers layers, FrameSignal signal)
    {
        var graph = frames.Graph;
        var mean = frames.RowMean(signal.Value);
        var deviation = Deviation(graph, layers, layers.RowVariance(signal.Value, mean, frames.CountsAsFloat), signal.Affine);
        var hidden = graph.Add("Relu", [Attention(frames, layers, signal, layers.Apply(mean, signal.Affine), deviation)]);
        var bounded = graph.Add("Tanh", [layers.Apply(hidden, ChannelAffine.BatchNorm(weights, "asp.tdnn.norm.norm"))]);
        var logits = layers.Convolution(new(bounded, options.AttentionChannels), "asp.conv.conv", PooledWidth, 1, 1);
        return graph.Add("Exp", [graph.Add("Sub", [logits, frames.Spread(frames.RowMax(logits))])]);
    }

    // The convolution over [frame; row mean; row deviation]: the last two thirds are the same for all frames of a row, and computed once for each row.
    private OnnxValue Attention(FrameGraph frames, FrameLayers layers, FrameSignal signal, OnnxValue mean, OnnxValue deviation)
    {
        var graph = frames.Graph;
        var weight = weights.Floats("asp.tdnn.conv.conv.weight");
        var ofFrame = new float[options.AttentionChannels * PooledWidth];
        var ofRow = new float[options.AttentionChannels * 2 * PooledWidth];
        for (var o = 0; o < options.AttentionChannels; o++)
        {
            var source = weight.Slice(o * 3 * PooledWidth, 3 * PooledWidth);
            source[..PooledWidth].CopyTo(ofFrame.AsSpan(o * PooledWidth));
            source[PooledWidth..].CopyTo(ofRow.AsSpan(o * 2 * PooledWidth));
        }

        var context = graph.Add("Concat", [mean, deviation], OnnxAttribute.Of("axis", 1));
        var (rowMatrix, rowBias) = LinearFolding.Linear(ofRow, weights.Floats("asp.tdnn.conv.conv.bias"), ChannelAffine.Identity(2 * PooledWidth), options.AttentionChannels);
        var (frameMatrix, frameBias) = LinearFolding.Linear(ofFrame, new float[options.AttentionChannels], signal.Affine, options.AttentionChannels);
        var perRow = layers.Product(context, "asp.tdnn.context", rowMatrix, rowBias, 2L * PooledWidth, options.AttentionChannels);
        var perFrame = layers.Product(signal.Value, "asp.tdnn.frame", frameMatrix, frameBias, PooledWidth, options.AttentionChannels);
        return graph.Add("Add", [perFrame, frames.Spread(perRow)]);
    }

    private static OnnxValue Deviation(OnnxGraphBuilder graph, FrameLayers layers, OnnxValue variance, ChannelAffine norm)
    {
        var scaled = graph.Add("Mul", [variance, layers.Row(Array.ConvertAll(norm.Scale, s => s * s))]);
        return graph.Add("Sqrt", [graph.Add("Max", [scaled, graph.Scalar(SmallestVariance)])]);
    }

    private IEnumerable<TensorRequirement> SqueezeBlockRequirements(int block)
    {
        var prefix = $"blocks.{block}";
        var (inputs, width, group) = (options.Channels[block - 1], options.Channels[block], options.Channels[block] / options.Res2NetScale);
        return
        [
            .. Block(prefix + ".tdnn1", width, inputs, 1),
            .. Enumerable.Range(0, options.Res2NetScale - 1)
                .SelectMany(j => Block($"{prefix}.res2net_block.blocks.{j}", group, group, options.KernelSizes[block])),
            .. Block(prefix + ".tdnn2", width, width, 1),
            .. TensorRequirements.Convolution(prefix + ".se_block.conv1.conv", options.SqueezeChannels, width, 1),
            .. TensorRequirements.Convolution(prefix + ".se_block.conv2.conv", width, options.SqueezeChannels, 1),
            .. inputs == width ? [] : TensorRequirements.Convolution(prefix + ".shortcut.conv", width, inputs, 1),
        ];
    }

    private static IEnumerable<TensorRequirement> Block(string prefix, long outputs, long inputs, long kernel) =>
        [.. TensorRequirements.Convolution(prefix + ".conv.conv", outputs, inputs, kernel), .. TensorRequirements.BatchNorm(prefix + ".norm.norm", outputs)];
}
