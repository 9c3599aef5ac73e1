using FaceVoice.Models;

namespace FaceVoice.Training.Networks.Export;

/// <summary>A set of weights does not fit an architecture; the message names every tensor that is missing, surplus or misshapen.</summary>
public sealed class StateDictMismatchException : ModelFormatException
{
    private const int Shown = 12;

    internal StateDictMismatchException(string architecture, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen, string? likely)
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

    private static string Describe(string architecture, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen, string? likely) =>
        $"The weights do not fit the architecture {architecture}."
        + (likely is null ? "" : $" By their names they are those of {likely}.")
        + Section("missing", missing) + Section("surplus", surplus) + Section("misshapen", misshapen);

    private static string Section(string kind, IReadOnlyList<string> names) => names.Count == 0
        ? ""
        : $"\n  {names.Count} {kind}: {string.Join("; ", names.Take(Shown))}{(names.Count > Shown ? $"; and {names.Count - Shown} more" : "")}";
}
