namespace FaceVoice.Models.Graph;

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
