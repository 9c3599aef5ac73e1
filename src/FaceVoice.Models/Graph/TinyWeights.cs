using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaceVoice.Models.Graph.Format;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Sets to zero what makes a network slow and cannot change its results: denormals of any array, and weights of linear layers below 1e-12.
/// Processors calculate with denormals through microcode, and products of tiny weights soon are denormals.
/// </summary>
/// <remarks>
/// Scalars are left alone, and so is everything that is no weight: an epsilon of 1e-12 keeps a division from failing. So is an array without one value of
/// 1e-6 or more: someone may scale its result up again.
/// </remarks>
internal static class TinyWeights
{
    /// <summary>The smallest number that is not denormal.</summary>
    private const float Denormal = 1.17549435e-38f;

    private const float Tiny = 1e-12f;
    private const float Ordinary = 1e-6f;

    /// <summary>The inputs of operators that are factors or summands of a weighted sum.</summary>
    private static readonly Dictionary<string, int[]> WeightInputs = new(StringComparer.Ordinal)
    {
        ["Conv"] = [1, 2],
        ["ConvTranspose"] = [1, 2],
        ["Gemm"] = [0, 1, 2],
        ["MatMul"] = [0, 1],
        ["PRelu"] = [1],
        ["LSTM"] = [1, 2, 3],
        ["GRU"] = [1, 2, 3],
        ["RNN"] = [1, 2, 3],
    };

    /// <summary>Counts, and clears if <paramref name="clear"/> says so; graphs within the graph included.</summary>
    public static (long Weights, int Denormals, int Tiny) Flush(GraphProto graph, bool clear)
    {
        var tensors = new List<(string Name, TensorProto Tensor)>();
        var weights = new HashSet<string>(StringComparer.Ordinal);
        Collect(graph, tensors, weights);
        long count = 0;
        int denormals = 0, tiny = 0;
        foreach (var (name, tensor) in tensors)
        {
            var values = tensor.Floats();
            count += values.Length;
            if (values.Length < 2)
            {
                continue;
            }

            var isScaled = weights.Contains(name) && Math.Abs(TensorPrimitives.MaxMagnitude(values)) >= Ordinary;
            var below = Below(values, isScaled ? Tiny : Denormal);
            if (below == 0)
            {
                continue;
            }

            denormals += isScaled ? Below(values, Denormal) : below;
            tiny += isScaled ? below : 0;
            if (clear)
            {
                Clear(tensor.Edit(), isScaled ? Tiny : Denormal);
            }
        }

        return (count, denormals, tiny);
    }

    private static void Collect(GraphProto graph, List<(string Name, TensorProto Tensor)> tensors, HashSet<string> weights)
    {
        tensors.AddRange(graph.Initializer.Where(tensor => tensor.IsFloat).Select(tensor => (tensor.Name, tensor)));
        foreach (var node in graph.Node)
        {
            if (node.Is("Constant") && node.Find("value")?.T is { IsFloat: true } constant)
            {
                tensors.Add((node.Output[0], constant));
            }

            foreach (var input in WeightInputs.GetValueOrDefault(node.OpType, []).Where(input => input < node.Input.Count))
            {
                weights.Add(node.Input[input]);
            }

            foreach (var inner in node.InnerGraphs())
            {
                Collect(inner, tensors, weights);
            }
        }
    }

    /// <summary>How many values are below a threshold, but not zero. Compiled in full at once: it runs when a program starts, over millions of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Below(ReadOnlySpan<float> values, float threshold)
    {
        var count = 0;
        var limit = new Vector<float>(threshold);
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(values);
        var counts = Vector<int>.Zero;
        foreach (var block in blocks)
        {
            counts -= Vector.LessThan(Vector.Abs(block), limit) & ~Vector.Equals(block, Vector<float>.Zero);
        }

        count += Vector.Sum(counts);
        foreach (var value in values[(blocks.Length * Vector<float>.Count)..])
        {
            count += value != 0 && Math.Abs(value) < threshold ? 1 : 0;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clear(Span<float> values, float threshold)
    {
        foreach (ref var value in values)
        {
            if (Math.Abs(value) < threshold)
            {
                value = 0;
            }
        }
    }
}
