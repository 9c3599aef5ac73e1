using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using Google.Protobuf.Collections;

namespace FaceVoice.Server.Wire;

/// <summary>Attributes of samples on the wire.</summary>
internal static class AttributeWire
{
    public static IReadOnlyDictionary<string, PayloadValue> FromWire(MapField<string, AttributeValue> wire)
    {
        var payload = new Dictionary<string, PayloadValue>();
        foreach (var (key, value) in wire)
        {
            payload[key] = value.KindCase switch
            {
                AttributeValue.KindOneofCase.Number when double.IsFinite(value.Number) => PayloadValue.FromNumber(value.Number),
                AttributeValue.KindOneofCase.Keywords when value.Keywords.Values.Count > 0 => PayloadValue.FromKeywords([.. value.Keywords.Values]),
                AttributeValue.KindOneofCase.TimeUnixMicros => PayloadValue.FromTime(Time(value.TimeUnixMicros)),
                _ => throw Refusal.InvalidArgument($"The attribute \"{key}\" needs a finite number, one or more keywords, or a time."),
            };
        }

        return payload;
    }

    public static void ToWire(IReadOnlyDictionary<string, PayloadValue> payload, MapField<string, AttributeValue> wire)
    {
        foreach (var (key, value) in payload)
        {
            wire[key] = value.Kind switch
            {
                PayloadKind.Number => new AttributeValue { Number = value.Number },
                PayloadKind.Time => new AttributeValue { TimeUnixMicros = (value.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond },
                _ => new AttributeValue { Keywords = new Keywords { Values = { value.Keywords } } },
            };
        }
    }

    /// <summary>A moment between the years 1 and 9999.</summary>
    public static DateTimeOffset Time(long unixMicros)
    {
        try
        {
            return DateTimeOffset.UnixEpoch.AddTicks(checked(unixMicros * TimeSpan.TicksPerMicrosecond));
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw Refusal.InvalidArgument($"{unixMicros} microseconds since 1970 is no moment between the years 1 and 9999.");
        }
    }
}
