using FaceVoice.Onnx.Graph;

namespace FaceVoice.Networks.Export;

/// <summary>SpeechBrain's ECAPA-TDNN with its default kernels, dilations and Res2Net scale. Widths are read from the weights.</summary>
internal sealed class EcapaGraph : ISpeakerGraph
{
    private const int Scale = 8;
    private const float SmallestVariance = 1e-12f;

    private static readonly int[] BlockDilations = [2, 3, 4];

    private readonly StateDict _weights;
    private readonly int _width;
    private readonly int _pooledWidth;
    private readonly int _attentionWidth;
    private readonly int _squeezeWidth;

    public EcapaGraph(StateDict weights)
    {
        _weights = weights;
        MelBins = weights.Size("blocks.0.conv.conv.weight", 1, 80);
        _width = weights.Size("blocks.0.conv.conv.weight", 0, 1024);
        _squeezeWidth = weights.Size("blocks.1.se_block.conv1.conv.weight", 0, 128);
        _pooledWidth = weights.Size("mfa.conv.conv.weight", 0, 3 * _width);
        _attentionWidth = weights.Size("asp.tdnn.conv.conv.weight", 0, 128);
        Dimension = weights.Size("fc.conv.weight", 0, 192);
    }

    public int MelBins { get; }

    public int Dimension { get; }

    public IReadOnlyList<TensorRequirement> Requirements() =>
    [
        .. Block("blocks.0", _width, MelBins, 5),
        .. Enumerable.Range(1, BlockDilations.Length).SelectMany(SqueezeBlockRequirements),
        .. Block("mfa", _pooledWidth, BlockDilations.Length * _width, 1),
        .. Block("asp.tdnn", _attentionWidth, 3 * _pooledWidth, 1),
        .. TensorRequirements.Convolution("asp.conv.conv", _pooledWidth, _attentionWidth, 1),
        .. TensorRequirements.BatchNorm("asp_bn.norm", 2 * _pooledWidth),
        .. TensorRequirements.Convolution("fc.conv", Dimension, 2 * _pooledWidth, 1),
    ];

    public OnnxValue Build(FrameGraph frames, FrameSignal features)
    {
        var layers = new FrameLayers(frames, _weights);
        var signal = layers.Settle(Tdnn(layers, features, "blocks.0", _width, 5, 1));
        var outputs = new FrameSignal[BlockDilations.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            signal = outputs[i] = SqueezeBlock(frames, layers, signal, $"blocks.{i + 1}", BlockDilations[i]);
        }

        var pooled = AttentivePooling(frames, layers, Tdnn(layers, layers.Concat(outputs), "mfa", _pooledWidth, 1, 1));
        var (matrix, bias) = LinearFolding.Linear(_weights.Floats("fc.conv.weight"), _weights.Floats("fc.conv.bias"), ChannelAffine.BatchNorm(_weights, "asp_bn.norm"), Dimension);
        return layers.Product(pooled, "fc", matrix, bias, 2L * _pooledWidth, Dimension);
    }

    private static FrameSignal Tdnn(FrameLayers layers, FrameSignal input, string prefix, int outputs, int kernel, int dilation) =>
        layers.ReluBlock(input, prefix + ".conv.conv", prefix + ".norm.norm", outputs, kernel, dilation);

    private FrameSignal SqueezeBlock(FrameGraph frames, FrameLayers layers, FrameSignal input, string prefix, int dilation)
    {
        var graph = frames.Graph;
        var cut = layers.Split(Tdnn(layers, input, prefix + ".tdnn1", _width, 1, 1), Scale);
        var joined = Res2Net(graph, layers, cut, prefix, dilation);
        var inner = Tdnn(layers, joined, prefix + ".tdnn2", _width, 1, 1);

        // BatchNorm of tdnn2 and the gate are both per channel: their product, made on [batch, width], costs the frames one pass instead of two.
        var gate = Gate(frames, layers, inner, prefix + ".se_block");
        var scale = frames.Spread(graph.Add("Mul", [gate, layers.Row(inner.Affine.Scale)]));
        var shift = frames.Spread(graph.Add("Mul", [gate, layers.Row(inner.Affine.Shift)]));
        var gated = graph.Add("Add", [graph.Add("Mul", [inner.Value, scale]), shift]);
        return new(graph.Add("Add", [gated, input.Value]), _width);
    }

    private static FrameSignal Res2Net(OnnxGraphBuilder graph, FrameLayers layers, FrameSignal[] groups, string prefix, int dilation)
    {
        var results = new FrameSignal[Scale];
        results[0] = groups[0];
        for (var j = 1; j < Scale; j++)
        {
            var input = groups[j];
            if (j > 1)
            {
                results[j - 1] = layers.Settle(results[j - 1]);
                input = new(graph.Add("Add", [layers.Settle(groups[j]).Value, results[j - 1].Value]), input.Width);
            }

            results[j] = Tdnn(layers, input, $"{prefix}.res2net_block.blocks.{j - 1}", input.Width, 3, dilation);
        }

        return layers.Concat(results);
    }

    private OnnxValue Gate(FrameGraph frames, FrameLayers layers, FrameSignal inner, string prefix)
    {
        var graph = frames.Graph;
        var squeezed = graph.Add("Relu", [RowConvolution(layers, frames.RowMean(inner.Value), prefix + ".conv1.conv", inner.Affine, _squeezeWidth)]);
        return graph.Add("Sigmoid", [RowConvolution(layers, squeezed, prefix + ".conv2.conv", ChannelAffine.Identity(_squeezeWidth), _width)]);
    }

    // A convolution of kernel 1 on [batch, width].
    private OnnxValue RowConvolution(FrameLayers layers, OnnxValue rows, string prefix, ChannelAffine affine, int outputs)
    {
        var (matrix, bias) = LinearFolding.Linear(_weights.Floats(prefix + ".weight"), _weights.Floats(prefix + ".bias"), affine, outputs);
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
        var bounded = graph.Add("Tanh", [layers.Apply(hidden, ChannelAffine.BatchNorm(_weights, "asp.tdnn.norm.norm"))]);
        var logits = layers.Convolution(new(bounded, _attentionWidth), "asp.conv.conv", _pooledWidth, 1, 1);
        return graph.Add("Exp", [graph.Add("Sub", [logits, frames.Spread(frames.RowMax(logits))])]);
    }

    // The convolution over [frame; row mean; row deviation]: the last two thirds are the same for all frames of a row, and computed once for each row.
    private OnnxValue Attention(FrameGraph frames, FrameLayers layers, FrameSignal signal, OnnxValue mean, OnnxValue deviation)
    {
        var graph = frames.Graph;
        var weight = _weights.Floats("asp.tdnn.conv.conv.weight");
        var ofFrame = new float[_attentionWidth * _pooledWidth];
        var ofRow = new float[_attentionWidth * 2 * _pooledWidth];
        for (var o = 0; o < _attentionWidth; o++)
        {
            var source = weight.Slice(o * 3 * _pooledWidth, 3 * _pooledWidth);
            source[.._pooledWidth].CopyTo(ofFrame.AsSpan(o * _pooledWidth));
            source[_pooledWidth..].CopyTo(ofRow.AsSpan(o * 2 * _pooledWidth));
        }

        var context = graph.Add("Concat", [mean, deviation], OnnxAttribute.Of("axis", 1));
        var (rowMatrix, rowBias) = LinearFolding.Linear(ofRow, _weights.Floats("asp.tdnn.conv.conv.bias"), ChannelAffine.Identity(2 * _pooledWidth), _attentionWidth);
        var (frameMatrix, frameBias) = LinearFolding.Linear(ofFrame, new float[_attentionWidth], signal.Affine, _attentionWidth);
        var perRow = layers.Product(context, "asp.tdnn.context", rowMatrix, rowBias, 2L * _pooledWidth, _attentionWidth);
        var perFrame = layers.Product(signal.Value, "asp.tdnn.frame", frameMatrix, frameBias, _pooledWidth, _attentionWidth);
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
        return
        [
            .. Block(prefix + ".tdnn1", _width, _width, 1),
            .. Enumerable.Range(0, Scale - 1).SelectMany(j => Block($"{prefix}.res2net_block.blocks.{j}", _width / Scale, _width / Scale, 3)),
            .. Block(prefix + ".tdnn2", _width, _width, 1),
            .. TensorRequirements.Convolution(prefix + ".se_block.conv1.conv", _squeezeWidth, _width, 1),
            .. TensorRequirements.Convolution(prefix + ".se_block.conv2.conv", _width, _squeezeWidth, 1),
        ];
    }

    private static IEnumerable<TensorRequirement> Block(string prefix, long outputs, long inputs, long kernel) =>
        [.. TensorRequirements.Convolution(prefix + ".conv.conv", outputs, inputs, kernel), .. TensorRequirements.BatchNorm(prefix + ".norm.norm", outputs)];
}
