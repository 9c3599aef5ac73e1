using System.Runtime.InteropServices;
using FaceVoice.Models.Graph.Format;
using Google.Protobuf;

namespace FaceVoice.Models.Graph;

/// <summary>The values of ONNX tensors, which a file keeps either as raw little-endian bytes or as a list of numbers.</summary>
internal static class TensorProtoExtensions
{
    extension(TensorProto tensor)
    {
        /// <summary>Whether the tensor's values are float32 and in this file.</summary>
        public bool IsFloat => tensor.DataType == (int)TensorProto.Types.DataType.Float && !tensor.IsExternal;

        /// <summary>Whether the tensor's values are in another file, beside the model's.</summary>
        public bool IsExternal => tensor.DataLocation == TensorProto.Types.DataLocation.External;

        /// <summary>The product of the sizes, 1 for a scalar.</summary>
        public long Count => tensor.Dims.Aggregate(1L, (product, size) => checked(product * size));

        /// <summary>The values, row-major; not to be used after <see cref="Replace"/>.</summary>
        public ReadOnlySpan<float> Floats()
        {
            if (!tensor.HasRawData)
            {
                tensor.Replace(tensor.Dims, [.. tensor.FloatData]);
            }

            return MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
        }

        /// <summary>The values, row-major, to be changed in place: only in a message that was parsed or made here, as a byte string may be shared.</summary>
        public Span<float> Edit()
        {
            var values = tensor.Floats();
            return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(values), values.Length);
        }

        /// <summary>A copy of the values of an int64 tensor, row-major.</summary>
        public long[] ReadIntegers() =>
            tensor.HasRawData ? MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray() : [.. tensor.Int64Data];

        /// <summary>Replaces shape and values.</summary>
        public void Replace(IEnumerable<long> shape, ReadOnlySpan<float> values)
        {
            var dims = shape.ToArray();
            tensor.Dims.Clear();
            tensor.Dims.AddRange(dims);
            tensor.FloatData.Clear();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        }
    }

    /// <summary>A new float32 constant.</summary>
    public static TensorProto Of(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        tensor.Replace(shape.ToArray(), values);
        return tensor;
    }
}
