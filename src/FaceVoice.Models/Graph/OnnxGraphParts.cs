using System.Diagnostics.CodeAnalysis;
using FaceVoice.Models.Graph.Format;

namespace FaceVoice.Models.Graph;

/// <summary>A tensor within a graph that is being built: an input, a constant or the output of a node.</summary>
/// <param name="Name">Its name in the graph; empty for an optional input that is left out.</param>
public readonly record struct OnnxValue(string Name)
{
    /// <summary>Stands for an optional input that is left out.</summary>
    public static OnnxValue None { get; } = new("");
}

/// <summary>One axis of a graph's input or output: of a fixed size, or free and named. Converts from a number or a name.</summary>
public readonly record struct OnnxAxis
{
    private OnnxAxis(long? size, string? name)
    {
        Size = size;
        Name = name;
    }

    /// <summary>The size, or null where the axis is free.</summary>
    public long? Size { get; }

    /// <summary>The name of a free axis; axes of one name have one size in a run.</summary>
    public string? Name { get; }

    /// <summary>An axis of fixed size.</summary>
    public static implicit operator OnnxAxis(long size) => FromInt64(size);

    /// <summary>A free axis.</summary>
    public static implicit operator OnnxAxis(string name) => FromString(name);

    /// <summary>An axis of fixed size.</summary>
    public static OnnxAxis FromInt64(long size) => new(size, null);

    /// <summary>A free axis.</summary>
    public static OnnxAxis FromString(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(null, name);
    }
}

/// <summary>A named setting of a node.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "This is what ONNX calls it.")]
public sealed class OnnxAttribute
{
    private OnnxAttribute(AttributeProto message) => Message = message;

    /// <summary>The attribute's name in the operator's definition.</summary>
    public string Name => Message.Name;

    internal AttributeProto Message { get; }

    /// <summary>A whole number.</summary>
    public static OnnxAttribute Of(string name, long value) => new(NodeProtoExtensions.Attribute(name, value));

    /// <summary>A floating point number.</summary>
    public static OnnxAttribute Of(string name, float value) => new(NodeProtoExtensions.Attribute(name, value));

    /// <summary>A list of whole numbers.</summary>
    public static OnnxAttribute Of(string name, params long[] values) => new(NodeProtoExtensions.Attribute(name, values));
}
