using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace FaceVoice.Models.SafeTensors;

/// <summary>Writes the header (padded with spaces so that the values start at a multiple of 8) and the values without gaps.</summary>
internal static class SafeTensorsWriter
{
    public static void Write(Stream stream, SafeTensorsFile file)
    {
        // Wider elements first: every tensor then starts at a multiple of its element size, as the format's own writer does it.
        var ordered = file.Tensors.Values.OrderBy(t => t.ElementType == TensorElementType.Float32 ? 1 : 0).ToList();
        var header = Header(ordered, file.Metadata);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var tensor in ordered)
        {
            stream.Write(StoredElement.Encode(tensor));
        }
    }

    private static byte[] Header(IEnumerable<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafeTensorsReader.MetadataKey);
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                offset = WriteEntry(json, tensor, offset);
            }

            json.WriteEndObject();
        }

        var padded = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(padded);
        return padded;
    }

    private static long WriteEntry(Utf8JsonWriter json, NamedTensor tensor, long begin)
    {
        var (dtype, size) = tensor.ElementType switch
        {
            TensorElementType.Float32 => ("F32", 4L),
            TensorElementType.Float64 => ("F64", 8L),
            _ => ("I64", 8L),
        };
        var end = begin + (tensor.Count * size);
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", dtype);
        json.WriteStartArray("shape");
        foreach (var length in tensor.Shape)
        {
            json.WriteNumberValue(length);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
