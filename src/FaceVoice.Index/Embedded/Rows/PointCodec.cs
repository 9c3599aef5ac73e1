using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>The binary form of a point's id, identity, modality and payload. The id comes first, so that it can be compared without reading the rest.</summary>
internal static class PointCodec
{
    private const byte HasIdentity = 1, IsVoice = 2;

    /// <summary>Appends a point without its vectors.</summary>
    public static void Write(ByteWriter writer, IndexPoint point)
    {
        writer.WriteString(point.Id);
        writer.WriteByte((byte)((point.Identity is null ? 0 : HasIdentity) | (point.Modality == PointModality.Voice ? IsVoice : 0)));
        if (point.Identity is { } identity)
        {
            writer.WriteString(identity);
        }

        writer.WriteByte((byte)point.Payload.Count);
        foreach (var (key, value) in point.Payload)
        {
            writer.WriteString(key);
            WriteValue(writer, value);
        }
    }

    /// <summary>Reads a point without its vectors.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a point.</exception>
    public static PointMeta Read(ref ByteReader reader)
    {
        var id = reader.ReadString();
        var flags = reader.ReadByte();
        var identity = (flags & HasIdentity) != 0 ? reader.ReadString() : null;
        var count = reader.ReadByte();
        var payload = count == 0 ? IndexPoint.EmptyPayload : ReadPayload(ref reader, count);
        return new(id, identity, (flags & IsVoice) != 0 ? PointModality.Voice : PointModality.Face, payload);
    }

    private static Dictionary<string, PayloadValue> ReadPayload(ref ByteReader reader, int count)
    {
        var payload = new Dictionary<string, PayloadValue>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            payload[reader.ReadString()] = ReadValue(ref reader);
        }

        return payload;
    }

    private static void WriteValue(ByteWriter writer, PayloadValue value)
    {
        writer.WriteByte((byte)value.Kind);
        switch (value.Kind)
        {
            case PayloadKind.Keywords:
                writer.WriteByte((byte)value.Keywords.Count);
                foreach (var keyword in value.Keywords)
                {
                    writer.WriteString(keyword);
                }

                break;
            case PayloadKind.Number:
                writer.WriteDouble(value.Number);
                break;
            case PayloadKind.Time:
                writer.WriteUInt64((ulong)value.Time.UtcTicks);
                break;
        }
    }

    private static PayloadValue ReadValue(ref ByteReader reader)
    {
        var kind = (PayloadKind)reader.ReadByte();
        switch (kind)
        {
            case PayloadKind.Keywords:
                var values = new string[reader.ReadByte()];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = reader.ReadString();
                }

                return PayloadValue.FromKeywords(values);
            case PayloadKind.Number:
                return PayloadValue.FromNumber(reader.ReadDouble());
            case PayloadKind.Time:
                return PayloadValue.FromTime(new DateTimeOffset((long)reader.ReadUInt64(), TimeSpan.Zero));
            default:
                throw new InvalidDataException($"{kind} is no kind of payload field.");
        }
    }
}
