namespace FaceVoice.Models.Sessions;

/// <summary>One input or output of a model, as its file declares it. Immutable.</summary>
/// <param name="Name">The tensor's name in the graph.</param>
/// <param name="Element">The element type.</param>
/// <param name="Shape">The size of each axis; -1 where the model takes any size. Empty for a scalar.</param>
public sealed record TensorSpec(string Name, TensorElement Element, IReadOnlyList<long> Shape)
{
    /// <summary>Gets whether every axis has a declared size.</summary>
    public bool IsFixed => Shape.All(size => size >= 0);

    /// <summary>Tells whether a tensor of <paramref name="shape"/> may stand here: the same rank, and the same size on every declared axis.</summary>
    /// <param name="shape">The concrete shape, or one whose own free axes are -1.</param>
    public bool Accepts(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Count)
        {
            return false;
        }

        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (Shape[axis] >= 0 && shape[axis] >= 0 && Shape[axis] != shape[axis])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes the tensor as people name it: <c>input float32 [1, 3, 112, 112]</c>, free axes as <c>?</c>.</summary>
    public override string ToString() => $"{Name} {TypeName} {Describe(Shape)}";

    private string TypeName => Element switch
    {
        TensorElement.Real32 => "float32",
        TensorElement.Integer64 => "int64",
        _ => "(unsupported type)",
    };

    /// <summary>Writes a shape as people do: <c>[1, 3, ?]</c>, free axes as <c>?</c>.</summary>
    /// <param name="shape">The size of each axis; negative where it is free.</param>
    public static string Describe(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(size => size < 0 ? "?" : size.ToString()))}]";
}

/// <summary>The element types that this project feeds to models or reads from them.</summary>
public enum TensorElement
{
    /// <summary>Anything else; such a tensor cannot be used here.</summary>
    Unsupported = 0,

    /// <summary>32-bit IEEE floating point.</summary>
    Real32,

    /// <summary>64-bit signed integer.</summary>
    Integer64,
}
