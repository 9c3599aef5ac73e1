namespace FaceVoice.Models;

/// <summary>
/// A dense tensor on the heap with its name: what weight files and .npy files hold. Row-major (C order), no strides. Immutable as far as
/// the type goes; it keeps the array it is given, so whoever made that array must leave it alone. Thread-safe for reading.
/// </summary>
public sealed class NamedTensor
{
    private readonly Array _values;
    private readonly long[] _shape;

    /// <summary>Makes a single precision tensor over <paramref name="values"/> (kept, not copied).</summary>
    /// <param name="name">How the tensor is called in its file; may be empty.</param>
    /// <param name="shape">Sizes, outermost first; empty for a scalar.</param>
    /// <param name="values">As many values as the product of <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The shape is negative or does not hold that many values.</exception>
    public NamedTensor(string name, ReadOnlySpan<long> shape, float[] values)
        : this(name, shape, values, TensorElementType.Float32)
    {
    }

    /// <summary>Makes a double precision tensor over <paramref name="values"/> (kept, not copied).</summary>
    /// <inheritdoc cref="NamedTensor(string, ReadOnlySpan{long}, float[])"/>
    public NamedTensor(string name, ReadOnlySpan<long> shape, double[] values)
        : this(name, shape, values, TensorElementType.Float64)
    {
    }

    /// <summary>Makes an integer tensor over <paramref name="values"/> (kept, not copied).</summary>
    /// <inheritdoc cref="NamedTensor(string, ReadOnlySpan{long}, float[])"/>
    public NamedTensor(string name, ReadOnlySpan<long> shape, long[] values)
        : this(name, shape, values, TensorElementType.Int64)
    {
    }

    private NamedTensor(string name, ReadOnlySpan<long> shape, Array values, TensorElementType elementType)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        Name = name;
        ElementType = elementType;
        _shape = shape.ToArray();
        _values = values;
        if (!TensorShape.TryCount(shape, out var count) || count != values.LongLength)
        {
            throw new ArgumentException($"Tensor '{name}' of shape {TensorShape.Describe(shape)} cannot hold {values.LongLength} values.", nameof(shape));
        }
    }

    /// <summary>How the tensor is called in its file, such as <c>blocks.0.conv.conv.weight</c>; may be empty.</summary>
    public string Name { get; }

    /// <summary>What the elements are.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>How many elements there are: the product of <see cref="Shape"/>, 1 for a scalar.</summary>
    public int Count => _values.Length;

    /// <summary>The elements of a <see cref="TensorElementType.Float32"/> tensor.</summary>
    /// <exception cref="ModelFormatException">The elements are something else; the message names the tensor.</exception>
    public ReadOnlyMemory<float> Floats => Values<float>();

    /// <summary>The elements of a <see cref="TensorElementType.Float64"/> tensor.</summary>
    /// <exception cref="ModelFormatException">The elements are something else; the message names the tensor.</exception>
    public ReadOnlyMemory<double> Doubles => Values<double>();

    /// <summary>The elements of a <see cref="TensorElementType.Int64"/> tensor.</summary>
    /// <exception cref="ModelFormatException">The elements are something else; the message names the tensor.</exception>
    public ReadOnlyMemory<long> Integers => Values<long>();

    /// <summary>The same elements under another name; shares the array.</summary>
    public NamedTensor WithName(string name) => new(name, _shape, _values, ElementType);

    /// <summary>Name, type and shape for messages, such as <c>fc.weight float32[192, 208]</c>.</summary>
    public override string ToString() => $"{Name} {ElementType.ToString().ToLowerInvariant()}{TensorShape.Describe(_shape)}";

    internal static NamedTensor Over(string name, ReadOnlySpan<long> shape, Array values) => values switch
    {
        float[] floats => new(name, shape, floats),
        double[] doubles => new(name, shape, doubles),
        _ => new(name, shape, (long[])values),
    };

    private ReadOnlyMemory<T> Values<T>() => _values as T[]
        ?? throw new ModelFormatException($"Tensor '{Name}' holds {ElementType.ToString().ToLowerInvariant()} values where {typeof(T).Name} is needed.");
}
