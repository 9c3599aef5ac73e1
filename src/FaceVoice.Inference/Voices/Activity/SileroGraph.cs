using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices.Activity;

/// <summary>
/// Rebuilds Silero VAD (versions 5 and 6, at 16 kHz) as one graph over any number of windows: what looks at one window runs over all of them at once, and
/// one LSTM runs over time. The file itself takes one window a run and hands its state to the next.
/// </summary>
/// <remarks>
/// A window is 576 samples: 64 of the window before and 512 new ones, mirrored at the end by 64 more. It is looked at in four frames of 256, every 128.
/// The spectrum's magnitudes go through four convolutions over those four places, written here as products with banded matrices. Inputs:
/// <c>frames</c> <c>[4 · windows, 256]</c>, <c>count</c> <c>[1]</c>, the windows that are valid, and <c>state</c> <c>[2, 1, 128]</c>; outputs: <c>output</c>
/// <c>[windows, 1]</c>, the speech probabilities, and <c>stateN</c> <c>[2, 1, 128]</c>, the state after the last valid window. Against the file the
/// probabilities differ by 1e-7, where they rise steeply by up to 3e-6.
/// </remarks>
internal static class SileroGraph
{
    public const int FramesPerWindow = 4;
    public const int FrameLength = 256;
    public const int Hidden = 128;

    private const int Bins = (FrameLength / 2) + 1;

    /// <summary>The network as an ONNX file in memory.</summary>
    /// <exception cref="OnnxModelException">The file is no Silero VAD of these versions; the message says what it lacks.</exception>
    public static byte[] Build(string path)
    {
        var weights = new Weights(path);
        var graph = new OnnxGraphBuilder("silero_vad");
        var frames = graph.Input("frames", TensorElement.Real32, "frames", FrameLength);
        var count = graph.Input("count", TensorElement.Integer64, 1);
        var state = graph.Input("state", TensorElement.Real32, 2, 1, Hidden);

        var spectrum = graph.Add("MatMul", [frames, Constant(graph, "stft", Transposed(weights["stft.forward_basis_buffer", 2 * Bins, 1, FrameLength]))]);
        var parts = graph.Add("Split", [spectrum], 2, OnnxAttribute.Of("axis", 1));
        var power = graph.Add("Add", [graph.Add("Mul", [parts[0], parts[0]]), graph.Add("Mul", [parts[1], parts[1]])]);
        var x = graph.Add("Reshape", [graph.Add("Sqrt", [power]), graph.Integers(-1, FramesPerWindow * Bins)]);
        x = Convolution(graph, x, weights, 0, inputs: Bins, outputs: 128, places: 4, stride: 1);
        x = Convolution(graph, x, weights, 1, inputs: 128, outputs: 64, places: 4, stride: 2);
        x = Convolution(graph, x, weights, 2, inputs: 64, outputs: 64, places: 2, stride: 2);
        x = Convolution(graph, x, weights, 3, inputs: 64, outputs: Hidden, places: 1, stride: 1);

        var halves = graph.Add("Split", [state], 2, OnnxAttribute.Of("axis", 0));
        var lstm = graph.Add(
            "LSTM",
            [
                graph.Add("Reshape", [x, graph.Integers(-1, 1, Hidden)]),
                graph.Initializer(new NamedTensor("lstm.w", [1, 4 * Hidden, Hidden], OnnxGates(weights["decoder.rnn.weight_ih", 4 * Hidden, Hidden]))),
                graph.Initializer(new NamedTensor("lstm.r", [1, 4 * Hidden, Hidden], OnnxGates(weights["decoder.rnn.weight_hh", 4 * Hidden, Hidden]))),
                graph.Initializer(new NamedTensor("lstm.b", [1, 8 * Hidden],
                    [.. OnnxGates(weights["decoder.rnn.bias_ih", 4 * Hidden]), .. OnnxGates(weights["decoder.rnn.bias_hh", 4 * Hidden])])),
                graph.Add("Cast", [count], OnnxAttribute.Of("to", 6)), // int32
                halves[0],
                halves[1],
            ],
            3,
            OnnxAttribute.Of("hidden_size", Hidden));
        var hidden = graph.Add("Relu", [graph.Add("Reshape", [lstm[0], graph.Integers(-1, Hidden)])]);
        var output = Constant(graph, "decoder", new NamedTensor("", [Hidden, 1], weights["decoder.decoder.2.weight", 1, Hidden, 1]));
        var bias = graph.Initializer(new NamedTensor("decoder.bias", [1], weights["decoder.decoder.2.bias", 1]));
        graph.Output("output", graph.Add("Sigmoid", [graph.Add("Gemm", [hidden, output, bias])]), TensorElement.Real32, "windows", 1);
        graph.Output("stateN", graph.Add("Concat", [lstm[1], lstm[2]], OnnxAttribute.Of("axis", 0)), TensorElement.Real32, 2, 1, Hidden);
        return graph.ToArray();
    }

    /// <summary>
    /// A convolution of three taps over a few places, padded by one, and its ReLU. Values lie place by place, channels together, so it is one product with
    /// a matrix <c>[places · inputs, places / stride · outputs]</c> that is zero where a tap does not reach.
    /// </summary>
    private static OnnxValue Convolution(OnnxGraphBuilder graph, OnnxValue x, Weights weights, int layer, int inputs, int outputs, int places, int stride)
    {
        const int Taps = 3;
        var prefix = $"encoder.{layer}.reparam_conv.";
        var kernel = weights[prefix + "weight", outputs, inputs, Taps];
        var bias = weights[prefix + "bias", outputs];
        var targets = places / stride;
        var matrix = new float[places * inputs * targets * outputs];
        for (var target = 0; target < targets; target++)
        {
            for (var tap = 0; tap < Taps; tap++)
            {
                var place = (target * stride) + tap - 1;
                if (place < 0 || place >= places)
                {
                    continue;
                }

                for (var input = 0; input < inputs; input++)
                {
                    var row = ((place * inputs) + input) * targets * outputs;
                    for (var output = 0; output < outputs; output++)
                    {
                        matrix[row + (target * outputs) + output] = kernel[(((output * inputs) + input) * Taps) + tap];
                    }
                }
            }
        }

        var factor = Constant(graph, prefix + "weight", new NamedTensor("", [places * inputs, targets * outputs], matrix));
        var added = Constant(graph, prefix + "bias", new NamedTensor("", [targets * outputs], [.. Enumerable.Repeat(bias, targets).SelectMany(values => values)]));
        return graph.Add("Relu", [graph.Add("Gemm", [x, factor, added])]);
    }

    private static OnnxValue Constant(OnnxGraphBuilder graph, string name, NamedTensor tensor) => graph.Initializer(tensor.WithName(name));

    private static NamedTensor Transposed(float[] basis)
    {
        var transposed = new float[basis.Length];
        for (var i = 0; i < basis.Length; i++)
        {
            transposed[(i % FrameLength * 2 * Bins) + (i / FrameLength)] = basis[i];
        }

        return new NamedTensor("", [FrameLength, 2 * Bins], transposed);
    }

    /// <summary>From PyTorch's order of gates (input, forget, cell, output) to that of ONNX (input, output, forget, cell).</summary>
    private static float[] OnnxGates(float[] gates)
    {
        var quarter = gates.Length / 4;
        return [.. gates[..quarter], .. gates[(3 * quarter)..], .. gates[quarter..(3 * quarter)]];
    }

    /// <summary>The weights for 16 kHz; the file has those for 8 kHz under the same names in another branch.</summary>
    private sealed class Weights
    {
        private const string Basis = "stft.forward_basis_buffer";

        private readonly string _path;
        private readonly string _prefix;
        private readonly IReadOnlyDictionary<string, NamedTensor> _constants;

        public Weights(string path)
        {
            _path = path;
            _constants = OnnxConstants.Read(path);
            _prefix = _constants.Values.FirstOrDefault(tensor => tensor.Name.EndsWith(Basis, StringComparison.Ordinal) && tensor.Shape is [2 * Bins, 1, FrameLength])
                ?.Name[..^Basis.Length] ?? throw Lacks(Basis, [2 * Bins, 1, FrameLength]);
        }

        public float[] this[string name, params ReadOnlySpan<long> shape] =>
            _constants.GetValueOrDefault(_prefix + name) is { ElementType: TensorElementType.Float32 } tensor && shape.SequenceEqual([.. tensor.Shape])
                ? tensor.Floats.ToArray()
                : throw Lacks(name, shape);

        private OnnxModelException Lacks(string name, ReadOnlySpan<long> shape) =>
            new($"{_path} is no Silero VAD of version 5 or 6: it has no {name} of {TensorSpec.Describe(shape.ToArray())} for 16 kHz.");
    }
}
