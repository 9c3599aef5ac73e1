using System.Buffers.Binary;
using System.Text.Json;

namespace FaceVoice.Models.SafeTensors;

/// <summary>The strict reader behind <see cref="SafeTensorsFile.Read"/>.</summary>
internal static class SafeTensorsReader
{
    public const string MetadataKey = "__metadata__";

    /// <summary>The format's own limit for a header.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private sealed record Entry(string Name, StoredElement Element, long[] Shape, int Count, long Begin, long End);

    public static SafeTensorsFile Read(Stream stream, string file)
    {
        var header = ReadHeader(stream, file);
        var dataStart = 8L + header.Length;
        var (entries, metadata) = ParseHeader(header, file);
        RequireGapless(entries, stream.Length - dataStart, file);

        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var entry in entries.OrderBy(e => e.Begin))
        {
            var bytes = new byte[entry.End - entry.Begin];
            stream.Position = dataStart + entry.Begin;
            stream.ReadExactly(bytes);
            tensors[entry.Name] = NamedTensor.Over(entry.Name, entry.Shape, entry.Element.Decode(bytes));
        }

        return new SafeTensorsFile(entries.Select(e => tensors[e.Name]), metadata);
    }

    private static byte[] ReadHeader(Stream stream, string file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < 8)
        {
            throw new ModelFormatException($"{file}: {stream.Length} bytes are too few for a safetensors file.");
        }

        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeaderBytes || (long)length > stream.Length - 8)
        {
            throw new ModelFormatException($"{file}: not a safetensors file, or truncated: it announces a header of {length} bytes in a file of {stream.Length}.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) ParseHeader(byte[] header, string file)
    {
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    ReadMetadata(property.Value, metadata);
                }
                else
                {
                    entries.Add(ParseEntry(property.Name, property.Value, file));
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelFormatException($"{file}: the safetensors header is not what the format prescribes: {error.Message}", error);
        }

        return (entries, metadata);
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        foreach (var pair in value.EnumerateObject())
        {
            metadata[pair.Name] = pair.Value.GetString() ?? throw new FormatException($"metadata '{pair.Name}' is null");
        }
    }

    private static Entry ParseEntry(string name, JsonElement value, string file)
    {
        if (name.Length == 0)
        {
            throw new ModelFormatException($"{file}: a tensor has no name.");
        }

        var type = value.GetProperty("dtype").GetString();
        var element = StoredElement.OfSafeTensors(type)
            ?? throw new ModelFormatException($"{file}: tensor '{name}' has the element type {type}, which is not supported.");
        var shape = value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (!TensorShape.TryCount(shape, out var count) || offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]
            || offsets[1] - offsets[0] != (long)count * element.Size || offsets[1] - offsets[0] > Array.MaxLength)
        {
            throw new ModelFormatException(
                $"{file}: tensor '{name}' of shape {TensorShape.Describe(shape)} and type {type} does not fit its offsets [{string.Join(", ", offsets)}].");
        }

        return new(name, element, shape, count, offsets[0], offsets[1]);
    }

    private static void RequireGapless(List<Entry> entries, long dataLength, string file)
    {
        var end = 0L;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
            {
                throw new ModelFormatException($"{file}: the bytes of tensor '{entry.Name}' overlap another's or leave a gap (begin {entry.Begin}, expected {end}).");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw new ModelFormatException($"{file}: truncated or with bytes of no tensor: the header describes {end} bytes, the file holds {dataLength}.");
        }
    }
}
