using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>A point id: an unsigned number or a UUID, numbers first in the order of pages.</summary>
internal readonly record struct DoubleId(ulong? Number, Guid Uuid) : IComparable<DoubleId>
{
    public static DoubleId Of(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Number => new((ulong)node, default),
        JsonValueKind.String => Of((string)node!),
        _ => throw new DoubleError(HttpStatusCode.BadRequest, "Format error in JSON body: data did not match any variant of ExtendedPointId"),
    };

    public static DoubleId Of(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(number, default)
        : Guid.TryParse(text, out var uuid) ? new(null, uuid)
        : throw new DoubleError(HttpStatusCode.BadRequest, $"Format error in JSON body: value {text} is not a valid point ID, valid values are either an unsigned integer or a UUID");

    public JsonNode ToJson() => Number is { } number ? JsonValue.Create(number) : JsonValue.Create(Uuid.ToString("D"))!;

    public int CompareTo(DoubleId other) => (Number, other.Number) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => Uuid.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(other.Uuid.ToByteArray(bigEndian: true)),
    };
}
