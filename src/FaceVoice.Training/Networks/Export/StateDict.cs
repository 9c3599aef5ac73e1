using FaceVoice.Models;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Weights by name, checked against what an architecture needs before any of them is used.</summary>
internal sealed class StateDict(IReadOnlyDictionary<string, NamedTensor> tensors)
{
    /// <summary>How many batches a BatchNorm has seen: part of PyTorch's state, of no use for inference, and absent from some files.</summary>
    private const string BatchCounter = ".num_batches_tracked";

    /// <summary>One size of a tensor from which a width is read; the fallback where it is missing, so that the check can name it.</summary>
    public int Size(string name, int axis, int fallback) =>
        tensors.TryGetValue(name, out var tensor) && tensor.Shape.Count > axis && tensor.Shape[axis] is > 0 and < int.MaxValue ? (int)tensor.Shape[axis] : fallback;

    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>Throws unless the weights are exactly the ones needed.</summary>
    public void RequireExactly(string architecture, IReadOnlyList<TensorRequirement> needed)
    {
        var missing = needed.Where(n => !tensors.ContainsKey(n.Name)).Select(n => n.ToString()).ToList();
        var names = needed.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        var surplus = tensors.Values.Where(t => !names.Contains(t.Name) && !t.Name.EndsWith(BatchCounter, StringComparison.Ordinal)).Select(t => t.ToString()).ToList();
        var misshapen = needed
            .Where(n => tensors.TryGetValue(n.Name, out var tensor) && (tensor.ElementType != TensorElementType.Float32 || !tensor.Shape.SequenceEqual(n.Shape)))
            .Select(n => $"{tensors[n.Name]}, needed is float32[{string.Join(", ", n.Shape)}]").ToList();
        if (missing.Count + surplus.Count + misshapen.Count > 0)
        {
            var likely = SpeakerExporter.DetectArchitecture(tensors);
            throw new StateDictMismatchException(architecture, missing, surplus, misshapen, likely == architecture ? null : likely);
        }

        foreach (var tensor in needed.Select(n => tensors[n.Name]))
        {
            RequireFinite(tensor);
        }
    }

    public ReadOnlySpan<float> Floats(string name) => tensors[name].Floats.Span;

    private static void RequireFinite(NamedTensor tensor)
    {
        foreach (var value in tensor.Floats.Span)
        {
            if (!float.IsFinite(value))
            {
                throw new ModelFormatException($"The tensor {tensor} has values that are not finite.");
            }
        }
    }
}
