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

/// <summary>A set of weights does not fit an architecture; the message names every tensor that is missing, surplus or misshapen.</summary>
public sealed class StateDictMismatchException : ModelFormatException
{
    private const int Shown = 12;

    internal StateDictMismatchException(
        string architecture, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen, string? likely)
        : base(Describe(architecture, missing, surplus, misshapen, likely))
    {
        Missing = missing;
        Surplus = surplus;
        Misshapen = misshapen;
    }

    /// <summary>Tensors that the architecture needs and the weights do not have, with the shapes needed.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Tensors that the architecture does not know, with their shapes.</summary>
    public IReadOnlyList<string> Surplus { get; }

    /// <summary>Tensors of another shape or element type than needed, with both.</summary>
    public IReadOnlyList<string> Misshapen { get; }

    private static string Describe(
        string architecture, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen, string? likely) =>
        $"The weights do not fit the architecture {architecture}."
        + (likely is null ? "" : $" By their names they are those of {likely}.")
        + Section("missing", missing) + Section("surplus", surplus) + Section("misshapen", misshapen);

    private static string Section(string kind, IReadOnlyList<string> names) => names.Count == 0
        ? ""
        : $"\n  {names.Count} {kind}: {string.Join("; ", names.Take(Shown))}{(names.Count > Shown ? $"; and {names.Count - Shown} more" : "")}";
}
