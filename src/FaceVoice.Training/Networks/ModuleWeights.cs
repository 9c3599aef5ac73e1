using FaceVoice.Models;

namespace FaceVoice.Training.Networks;

/// <summary>Weights between Torch modules and the files of <c>FaceVoice.Models</c>.</summary>
public static class ModuleWeights
{
    /// <summary>Makes a Torch tensor on the CPU; the values are copied.</summary>
    /// <param name="source">The tensor on the heap.</param>
    public static Tensor ToTensor(this NamedTensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long[] shape = [.. source.Shape];
        return source.ElementType switch
        {
            TensorElementType.Float64 => tensor(source.Doubles.Span, shape),
            TensorElementType.Int64 => tensor(source.Integers.Span, shape),
            _ => tensor(source.Floats.Span, shape),
        };
    }

    /// <summary>Copies a Torch tensor to the heap; half precisions become single, integers and truth values 64-bit integers.</summary>
    /// <param name="source">A tensor on any device.</param>
    /// <param name="name">Its name in the file.</param>
    public static NamedTensor ToNamedTensor(this Tensor source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        using DisposeScope scope = NewDisposeScope();
        using GradientMode mode = no_grad();
        long[] shape = source.shape;
        return source.dtype switch
        {
            ScalarType.Float64 => new NamedTensor(name, shape, source.ToArray<double>()),
            ScalarType.Float32 => new NamedTensor(name, shape, source.ToArray<float>()),
            ScalarType.Float16 or ScalarType.BFloat16 => new NamedTensor(name, shape, source.@float().ToArray<float>()),
            _ => new NamedTensor(name, shape, source.@long().ToArray<long>()),
        };
    }

    /// <summary>Copies a module's parameters and buffers to the heap, in the order of its state dictionary.</summary>
    /// <param name="module">The module.</param>
    public static IReadOnlyList<NamedTensor> SaveWeights(this Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return [.. module.state_dict().Select(item => item.Value.ToNamedTensor(item.Key))];
    }

    /// <summary>Copies weights into a module; names and shapes must be the module's.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">Tensors by full name.</param>
    /// <exception cref="TorchException">Names or shapes disagree; the message names them all. Nothing was changed.</exception>
    public static void LoadWeights(this Module module, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        module.load_state_dict(weights.ToDictionary(item => item.Key, item => item.Value.ToTensor()));
    }
}
