using System.Globalization;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// Writes a projection head as ONNX from its weights alone; needs no LibTorch. Thread-safe. The head is <c>fc1, ln1, ReLU, fc2, ln2, ReLU,
/// ... fcN</c>
/// (linear layers and LayerNorms; dropout does nothing in inference), then division by the length. Depth and widths are read from the weights.
/// </summary>
public static class HeadExporter
{
    private const float LayerNormEpsilon = 1e-5f;

    /// <summary>Writes a head: input <c>embedding</c> float32 [batch, in], output <c>joint</c> float32 [batch, out], unit length.</summary>
    /// <param name="name">For messages and for tools that show graphs: <c>face_head</c>, <c>voice_head</c>.</param>
    /// <param name="weights">
    /// <c>fc{i}.weight</c> [out, in], <c>fc{i}.bias</c>, and for all but the last <c>ln{i}.weight</c>, <c>ln{i}.bias</c>; i from 1.
    /// </param>
    /// <exception cref="StateDictMismatchException">The weights are not those of a head; the message names the tensors.</exception>
    public static HeadModel Export(string name, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(weights);
        var state = new StateDict(weights);
        var layers = 1;
        while (state.Contains(Linear(layers + 1) + ".weight"))
        {
            layers++;
        }

        var widths = Enumerable.Range(1, layers).Select(i => state.Size(Linear(i) + ".weight", 0, 256)).Prepend(state.Size(Linear(1) + ".weight", 1, 512)).ToArray();
        state.RequireExactly(name, Requirements(widths));

        var graph = new OnnxGraphBuilder("facevoice_" + name);
        var value = graph.Input("embedding", TensorElement.Real32, "batch", widths[0]);
        for (var i = 1; i <= layers; i++)
        {
            value = graph.Add("Gemm", [value, Weight(graph, state, Linear(i) + ".weight", widths[i], widths[i - 1]), Weight(graph, state, Linear(i) + ".bias", widths[i])], OnnxAttribute.Of("transB", 1));
            if (i < layers)
            {
                var norm = graph.Add(
                    "LayerNormalization",
                    [value, Weight(graph, state, Norm(i) + ".weight", widths[i]), Weight(graph, state, Norm(i) + ".bias", widths[i])],
                    OnnxAttribute.Of("axis", -1),
                    OnnxAttribute.Of("epsilon", LayerNormEpsilon));
                value = graph.Add("Relu", [norm]);
            }
        }

        graph.Output("joint", FrameLayers.UnitLength(graph, value), TensorElement.Real32, "batch", widths[^1]);
        return new(graph.ToArray(), widths[0], widths[^1]);
    }

    private static List<TensorRequirement> Requirements(int[] widths)
    {
        var needed = new List<TensorRequirement>();
        for (var i = 1; i < widths.Length; i++)
        {
            needed.AddRange(TensorRequirements.Linear(Linear(i), widths[i], widths[i - 1]));
            if (i < widths.Length - 1)
            {
                needed.AddRange(TensorRequirements.LayerNorm(Norm(i), widths[i]));
            }
        }

        return needed;
    }

    private static OnnxValue Weight(OnnxGraphBuilder graph, StateDict state, string name, params long[] shape) =>
        graph.Initializer(new NamedTensor(name, shape, state.Floats(name).ToArray()));

    private static string Linear(int layer) => "fc" + layer.ToString(CultureInfo.InvariantCulture);

    private static string Norm(int layer) => "ln" + layer.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An exported projection head.</summary>
/// <param name="Onnx">The content of the ONNX file.</param>
/// <param name="InputDimension">Values of an input row.</param>
/// <param name="OutputDimension">Values of an output row.</param>
public sealed record HeadModel(ReadOnlyMemory<byte> Onnx, int InputDimension, int OutputDimension);
