using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Qdrant.Client.Grpc;
using Value = Qdrant.Client.Grpc.Value;

namespace FaceVoice.Index.Qdrant;

/// <summary>Qdrant takes UUIDs only: an id becomes the name-based UUID (version 5, RFC 9562) of it; the id itself is kept in the payload.</summary>
internal static class PointUuid
{
    private static readonly Guid Namespace = new("6f0f5d1c-8a5e-4f36-9d3e-2a57c1c9b0e4");

    /// <summary>The point in which collections of earlier versions say what model they belong to. No id leads to it: no id is empty.</summary>
    public static Guid Schema { get; } = Of(string.Empty);

    public static Guid Of(string id) => Of(Namespace, id);

    internal static Guid Of(Guid space, string name)
    {
        byte[] input = [.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)];
#pragma warning disable CA5350 // version 5 is defined on SHA-1; it names, it protects nothing
        var hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}

/// <summary>Points as Qdrant keeps them: keyword fields are lists, so that a lone string is always a time.</summary>
internal static class QdrantPoints
{
    public static PointId Id(string id) => Id(PointUuid.Of(id));

    public static PointId Id(Guid id) => new() { Uuid = id.ToString("D") };

    /// <summary>A point with its stored vectors.</summary>
    public static PointStruct ToWire(IndexPoint point, VectorSpace space)
    {
        var vectors = new NamedVectors();
        foreach (var (name, vector) in point.Vectors)
        {
            vectors.Vectors.Add(name, new Vector { Dense = new DenseVector { Data = { space.ToStored(name, vector.Span) } } });
        }

        var wire = new PointStruct { Id = Id(point.Id), Vectors = new Vectors { Vectors_ = vectors } };
        wire.Payload[PayloadKey.PointId] = point.Id;
        wire.Payload[PayloadKey.Modality] = point.Modality.ToKeyword();
        if (point.Identity is { } identity)
        {
            wire.Payload[PayloadKey.Identity] = identity;
        }

        foreach (var (key, value) in point.Payload)
        {
            wire.Payload[key] = ToWire(value);
        }

        return wire;
    }

    public static IndexPoint FromWire(RetrievedPoint point, VectorSpace space)
    {
        var (id, identity, modality, payload) = ReadPayload(point.Payload);
        var vectors = point.Vectors?.Vectors?.Vectors is { Count: > 0 } named
            ? named.ToDictionary(v => v.Key, v => (ReadOnlyMemory<float>)space.FromStored(v.Key, Numbers(v.Value)), StringComparer.Ordinal)
            : IndexPoint.NoVectors;
        return new IndexPoint { Id = id, Identity = identity, Modality = modality, Payload = payload, Vectors = vectors };
    }

    public static SearchHit FromWire(ScoredPoint point)
    {
        var (id, identity, modality, payload) = ReadPayload(point.Payload);
        return new SearchHit { Id = id, Score = Math.Clamp(point.Score, -1f, 1f), Identity = identity, Modality = modality, Payload = payload };
    }

    /// <summary>The kind of a payload value; null for one that has no meaning here.</summary>
    public static PayloadKind? KindOf(Value value) => ReadField(value)?.Kind;

    /// <summary>A moment as the payload holds it, to the microsecond.</summary>
    private static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static float[] Numbers(VectorOutput vector) =>
        vector.GetDenseVector() is { } dense ? [.. dense.Data] : throw new InvalidDataException("A vector of the collection is not a dense one: it was not written by FaceVoice.");

    private static Value ToWire(PayloadValue value) => value.Kind switch
    {
        PayloadKind.Number => value.Number,
        PayloadKind.Time => Format(value.Time),
        _ => value.Keywords.ToArray(),
    };

    private static (string Id, string? Identity, PointModality Modality, Dictionary<string, PayloadValue> Fields) ReadPayload(MapField<string, Value> payload)
    {
        var fields = new Dictionary<string, PayloadValue>(StringComparer.Ordinal);
        string? id = null, identity = null;
        var modality = PointModality.Face;
        foreach (var (key, value) in payload)
        {
            switch (key)
            {
                case PayloadKey.PointId:
                    id = value.StringValue;
                    break;
                case PayloadKey.Identity:
                    identity = value.HasStringValue ? value.StringValue : null;
                    break;
                case PayloadKey.Modality:
                    _ = PointModalityExtensions.TryParse(value.StringValue, out modality);
                    break;
                default:
                    if (ReadField(value) is { } field)
                    {
                        fields[key] = field;
                    }

                    break;
            }
        }

        return (string.IsNullOrEmpty(id) ? throw new InvalidDataException("A point has no point_id: it was not written by FaceVoice.") : id, identity, modality, fields);
    }

    private static PayloadValue? ReadField(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.ListValue when value.ListValue.Values is { Count: > 0 } list && list.All(v => v.HasStringValue) => PayloadValue.FromKeywords([.. list.Select(v => v.StringValue)]),
        Value.KindOneofCase.DoubleValue when double.IsFinite(value.DoubleValue) => PayloadValue.FromNumber(value.DoubleValue),
        Value.KindOneofCase.IntegerValue => PayloadValue.FromNumber(value.IntegerValue),
        Value.KindOneofCase.StringValue when DateTimeOffset.TryParse(value.StringValue, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => PayloadValue.FromTime(time),
        Value.KindOneofCase.StringValue => PayloadValue.FromKeywords(value.StringValue),
        _ => null, // another program's field, of a type that has no meaning here
    };
}

/// <summary>Filters as Qdrant reads them.</summary>
internal static class QdrantFilters
{
    /// <summary>The caller's condition; null where there is none.</summary>
    /// <param name="filter">The condition, or null.</param>
    /// <param name="hidesSchemaPoint">Whether the collection has a point that holds its schema, which never passes.</param>
    public static Filter? ToWire(IndexFilter? filter, bool hidesSchemaPoint)
    {
        if (filter is null && !hidesSchemaPoint)
        {
            return null;
        }

        var wire = new Filter();
        if (filter is not null)
        {
            wire.Must.Add(Condition(filter));
        }

        if (hidesSchemaPoint)
        {
            wire.MustNot.Add(HasId([PointUuid.Schema]));
        }

        return wire;
    }

    private static Condition Condition(IndexFilter filter) => filter switch
    {
        BooleanFilter boolean => new Condition
        {
            Filter = new Filter { Must = { boolean.Must.Select(Condition) }, Should = { boolean.Should.Select(Condition) }, MustNot = { boolean.MustNot.Select(Condition) } },
        },
        KeywordFilter keyword => Field(keyword.Key, field => field.Match = Match(keyword)),
        NumberFilter number => Field(number.Key, field => field.Range = Range(number)),
        TimeFilter time => Field(time.Key, field => field.DatetimeRange = Range(time)),
        IdFilter ids => HasId(ids.Ids.Select(PointUuid.Of)),
        _ => throw new InvalidRequestException($"A filter of type {filter.GetType().Name} is not known here."),
    };

    private static Condition Field(string key, Action<FieldCondition> set)
    {
        var field = new FieldCondition { Key = key };
        set(field);
        return new Condition { Field = field };
    }

    private static Match Match(KeywordFilter filter) => filter switch
    {
        { IsExcept: true } => new Match { ExceptKeywords = new RepeatedStrings { Strings = { filter.Values } } },
        { Values: [var only] } => new Match { Keyword = only },
        _ => new Match { Keywords = new RepeatedStrings { Strings = { filter.Values } } },
    };

    private static global::Qdrant.Client.Grpc.Range Range(NumberFilter filter)
    {
        var range = new global::Qdrant.Client.Grpc.Range();
        if (filter.GreaterThan is { } above)
        {
            range.Gt = above;
        }

        if (filter.AtLeast is { } from)
        {
            range.Gte = from;
        }

        if (filter.LessThan is { } below)
        {
            range.Lt = below;
        }

        if (filter.AtMost is { } to)
        {
            range.Lte = to;
        }

        return range;
    }

    private static DatetimeRange Range(TimeFilter filter) => new() { Gt = Moment(filter.After), Gte = Moment(filter.From), Lt = Moment(filter.Before), Lte = Moment(filter.Until) };

    private static Timestamp? Moment(DateTimeOffset? time) => time is { } moment ? Timestamp.FromDateTimeOffset(moment) : null;

    private static Condition HasId(IEnumerable<Guid> ids) => new() { HasId = new HasIdCondition { HasId = { ids.Select(QdrantPoints.Id) } } };
}
