using FaceVoice.Models;
using FaceVoice.Torch;

namespace FaceVoice.Training.Speaker.Runs;

/// <summary>Tensors to and from files, bit for bit.</summary>
internal static class TensorStore
{
    public static NamedTensor ToNamed(string name, Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => new(name, tensor.shape, tensor.ToArray<float>()),
        ScalarType.Float64 => new(name, tensor.shape, tensor.ToArray<double>()),
        ScalarType.Int64 => new(name, tensor.shape, tensor.ToArray<long>()),
        ScalarType.Byte => new(name, tensor.shape, Array.ConvertAll(tensor.ToArray<byte>(), b => (long)b)),
        var other => throw new NotSupportedException($"Tensor {name} holds {other}, which is not saved."),
    };

    public static Tensor ToTensor(NamedTensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        return tensor.ElementType switch
        {
            TensorElementType.Float32 => torch.tensor(tensor.Floats.Span, shape),
            TensorElementType.Float64 => torch.tensor(tensor.Doubles.Span, shape),
            _ => torch.tensor(tensor.Integers.Span, shape),
        };
    }

    /// <summary>The tensors whose names start with a prefix, the prefix taken off.</summary>
    public static Dictionary<string, Tensor> Section(SafeTensorsFile file, string prefix) =>
        file.Tensors.Values.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Name[prefix.Length..], ToTensor);
}
