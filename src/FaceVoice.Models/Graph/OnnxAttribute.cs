using System.Diagnostics.CodeAnalysis;

namespace FaceVoice.Models.Graph;

/// <summary>A named setting of a node.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "This is what ONNX calls it.")]
public sealed class OnnxAttribute
{
    private OnnxAttribute(string name) => Name = name;

    /// <summary>The attribute's name in the operator's definition.</summary>
    public string Name { get; }

    internal long? Integer { get; private init; }

    internal float? Real { get; private init; }

    internal IReadOnlyList<long>? Integers { get; private init; }

    /// <summary>A whole number.</summary>
    public static OnnxAttribute Of(string name, long value) => new(name) { Integer = value };

    /// <summary>A floating point number.</summary>
    public static OnnxAttribute Of(string name, float value) => new(name) { Real = value };

    /// <summary>A list of whole numbers.</summary>
    public static OnnxAttribute Of(string name, params long[] values) => new(name) { Integers = values };
}
