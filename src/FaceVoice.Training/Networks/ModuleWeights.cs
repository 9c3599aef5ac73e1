using System.Runtime.InteropServices;
using FaceVoice.Models;

namespace FaceVoice.Training.Networks;

/// <summary>Weights and other tensors between TorchSharp and the files of <c>FaceVoice.Models</c>, bit for bit.</summary>
public static class ModuleWeights
{
    /// <summary>Makes a tensor on the CPU; the values are copied.</summary>
    /// <param name="source">The tensor on the heap.</param>
    public static Tensor ToTensor(this NamedTensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long[] shape = [.. source.Shape];
        return source.ElementType switch
        {
            TensorElementType.Float64 => tensor(source.Doubles.ToArray(), shape),
            TensorElementType.Int64 => tensor(source.Integers.ToArray(), shape),
            _ => tensor(source.Floats.ToArray(), shape),
        };
    }

    /// <summary>Copies a tensor to the heap; half precisions become single, integers and truth values 64-bit integers.</summary>
    /// <param name="source">A tensor on any device.</param>
    /// <param name="name">Its name in the file.</param>
    public static NamedTensor ToNamedTensor(this Tensor source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        using DisposeScope scope = NewDisposeScope();
        long[] shape = source.shape;
        return source.dtype switch
        {
            ScalarType.Float64 => new NamedTensor(name, shape, source.ToArray<double>()),
            ScalarType.Float32 => new NamedTensor(name, shape, source.ToArray<float>()),
            ScalarType.Float16 or ScalarType.BFloat16 => new NamedTensor(name, shape, source.to(ScalarType.Float32).ToArray<float>()),
            _ => new NamedTensor(name, shape, source.to(ScalarType.Int64).ToArray<long>()),
        };
    }

    /// <summary>Copies a tensor's values to the heap, row by row.</summary>
    /// <typeparam name="T">The type of the tensor's values.</typeparam>
    /// <param name="source">A tensor on any device, also one of a graph.</param>
    public static T[] ToArray<T>(this Tensor source)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        using DisposeScope scope = NewDisposeScope();
        // Not data<T>().ToArray(): that copies value by value.
        return MemoryMarshal.Cast<byte, T>(source.detach().cpu().contiguous().bytes).ToArray();
    }

    /// <summary>Copies a module's parameters and buffers to the heap.</summary>
    /// <param name="module">The module.</param>
    /// <param name="prefix">Put before every name.</param>
    public static IReadOnlyList<NamedTensor> SaveWeights(this Module module, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(module);
        return [.. module.state_dict().Select(item => item.Value.ToNamedTensor(prefix + item.Key))];
    }

    /// <summary>Copies weights into a module; names and shapes must be the module's.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">Tensors by full name.</param>
    /// <exception cref="ModelFormatException">Names or shapes disagree; the message names them all. Nothing was changed.</exception>
    public static void LoadWeights(this Module module, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> own = module.state_dict();
        // TorchSharp's load_state_dict would not say which, and stretches a tensor of one value to any shape.
        List<string> wrong =
        [
            .. own.Where(item => !weights.ContainsKey(item.Key)).Select(item => $"{item.Key} is missing"),
            .. weights.Keys.Where(name => !own.ContainsKey(name)).Select(name => $"{name} is unknown"),
            .. own.Where(item => weights.TryGetValue(item.Key, out NamedTensor? given) && !given.Shape.SequenceEqual(item.Value.shape))
                .Select(item => $"{item.Key} is [{string.Join(", ", weights[item.Key].Shape)}], not [{string.Join(", ", item.Value.shape)}]"),
        ];
        if (wrong.Count > 0)
        {
            throw new ModelFormatException($"These are not the weights of this {module.GetName()}: {string.Join("; ", wrong)}.");
        }

        foreach ((string name, Tensor value) in own)
        {
            value.copy_(weights[name].ToTensor());
        }
    }

    /// <summary>Names the first parameter that is not finite; null if all are.</summary>
    /// <param name="module">The module.</param>
    public static string? FindNonFinite(this Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            if (!parameter.isfinite().all().ToBoolean())
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The tensors whose names begin with a prefix, by the rest of their names.</summary>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="prefix">The prefix.</param>
    internal static Dictionary<string, NamedTensor> Section(this IReadOnlyDictionary<string, NamedTensor> tensors, string prefix) =>
        tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value.WithName(entry.Key[prefix.Length..]));
}
