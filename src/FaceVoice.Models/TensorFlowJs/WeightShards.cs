using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace FaceVoice.Models.TensorFlowJs;

/// <summary>Reads the weights: groups of files whose bytes, joined, are the tensors one after the other, little-endian.</summary>
internal static class WeightShards
{
    private const long MaxBytes = 1L << 30;

    public static Dictionary<string, NamedTensor> Read(JsonElement groups, string jsonPath, IncrementalHash hash)
    {
        var weights = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var group in groups.EnumerateArray())
        {
            var bytes = Join(group.GetProperty("paths"), jsonPath, hash);
            var at = 0;
            foreach (var spec in group.GetProperty("weights").EnumerateArray())
            {
                var tensor = Decode(spec, bytes, ref at, jsonPath);
                if (!weights.TryAdd(tensor.Name, tensor))
                {
                    throw new ModelFormatException($"{jsonPath}: two weights are named '{tensor.Name}'.");
                }
            }

            if (at != bytes.Length)
            {
                throw new ModelFormatException($"{jsonPath}: its weight files have {bytes.Length} bytes, its list of weights needs {at}.");
            }
        }

        return weights;
    }

    private static byte[] Join(JsonElement paths, string jsonPath, IncrementalHash hash)
    {
        using var joined = new MemoryStream();
        foreach (var entry in paths.EnumerateArray())
        {
            var name = entry.GetString() ?? "";
            if (name.Length == 0 || name.StartsWith('.') || name != Path.GetFileName(name))
            {
                throw new ModelFormatException(
                    $"{jsonPath}: '{name}' cannot be a weight file: it must be the name of a file in the same folder.");
            }

            var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(jsonPath))!, name);
            if (!File.Exists(path))
            {
                throw new ModelFormatException($"The model is incomplete: {path} is missing.");
            }

            var content = joined.Length + new FileInfo(path).Length <= MaxBytes
                ? File.ReadAllBytes(path)
                : throw new ModelFormatException($"{jsonPath}: its weights have more than {MaxBytes} bytes.");
            hash.AppendData(content);
            joined.Write(content);
        }

        return joined.ToArray();
    }

    private static NamedTensor Decode(JsonElement spec, byte[] bytes, ref int at, string jsonPath)
    {
        var name = spec.GetProperty("name").GetString()!;
        var type = spec.GetProperty("dtype").GetString()!;
        long[] shape = [.. spec.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        var quantization = spec.TryGetProperty("quantization", out var found) ? found : default;
        var stored = quantization.ValueKind == JsonValueKind.Object ? quantization.GetProperty("dtype").GetString()! : type;
        var width = stored switch
        {
            "float32" or "int32" => 4,
            "float16" or "uint16" => 2,
            "uint8" or "bool" => 1,
            _ => throw new ModelFormatException(
                $"{jsonPath}: the weight '{name}' is of type {stored}; float32, int32, bool, float16, uint16 and uint8 are read."),
        };
        if (!TensorShape.TryCount(shape, out var count) || (long)count * width > bytes.Length - at)
        {
            throw new ModelFormatException(
                $"{jsonPath}: the weight '{name}' {TensorShape.Describe(shape)} reaches beyond the end of its files.");
        }

        var raw = bytes.AsSpan(at, count * width);
        at += raw.Length;
        if (type is "int32" or "bool" or "uint8")
        {
            var integers = new long[count];
            for (var i = 0; i < count; i++)
            {
                integers[i] = (long)Math.Round(Element(raw, i, stored, quantization));
            }

            return new NamedTensor(name, shape, integers);
        }

        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)Element(raw, i, stored, quantization);
        }

        return new NamedTensor(name, shape, values);
    }

    /// <summary>One number; quantised whole numbers stand for <c>number × scale + min</c>.</summary>
    private static double Element(ReadOnlySpan<byte> raw, int index, string stored, JsonElement quantization) => stored switch
    {
        "float32" => BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * index)..]),
        "float16" => (double)BinaryPrimitives.ReadHalfLittleEndian(raw[(2 * index)..]),
        "int32" => BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * index)..]),
        "uint16" => Expand(BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * index)..]), quantization),
        _ => Expand(raw[index], quantization),
    };

    private static double Expand(int number, JsonElement quantization) => quantization.ValueKind == JsonValueKind.Object
        ? (number * quantization.GetProperty("scale").GetDouble()) + quantization.GetProperty("min").GetDouble()
        : number;
}
