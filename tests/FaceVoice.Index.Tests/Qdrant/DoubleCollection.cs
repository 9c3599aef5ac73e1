using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>A collection of the double: named cosine vectors, points by id, everything compared one by one.</summary>
internal sealed class DoubleCollection
{
    private readonly JsonObject _config;
    private readonly Dictionary<string, int> _sizes = [];
    private readonly SortedDictionary<DoubleId, DoublePoint> _points = [];
    private readonly JsonObject _payloadSchema = [];

    public DoubleCollection(JsonObject body)
    {
        DoubleError.MustHaveOnly(
            body, "vectors", "shard_number", "sharding_method", "replication_factor", "write_consistency_factor", "on_disk_payload", "hnsw_config", "wal_config",
            "optimizers_config", "quantization_config", "sparse_vectors", "strict_mode_config", "metadata");
        foreach (var (name, parameters) in body["vectors"]!.AsObject())
        {
            DoubleError.MustHaveOnly(parameters!.AsObject(), "size", "distance", "hnsw_config", "quantization_config", "on_disk", "datatype", "multivector_config");
            if ((string)parameters["distance"]! != "Cosine")
            {
                throw new DoubleError(HttpStatusCode.BadRequest, "the double knows the cosine only");
            }

            _sizes[name] = (int)parameters["size"]!;
        }

        _config = body.DeepClone().AsObject();
    }

    public JsonObject Info() => new()
    {
        ["status"] = "green",
        ["optimizer_status"] = "ok",
        ["points_count"] = _points.Count,
        ["indexed_vectors_count"] = 0,
        ["segments_count"] = 1,
        ["config"] = new JsonObject
        {
            ["params"] = new JsonObject
            {
                ["vectors"] = _config["vectors"]!.DeepClone(),
                ["shard_number"] = (int?)_config["shard_number"] ?? 1,
                ["replication_factor"] = (int?)_config["replication_factor"] ?? 1,
                ["write_consistency_factor"] = (int?)_config["write_consistency_factor"] ?? 1,
                ["on_disk_payload"] = true,
            },
            ["hnsw_config"] = new JsonObject { ["m"] = 16, ["ef_construct"] = 100, ["full_scan_threshold"] = 10000 },
            ["optimizer_config"] = new JsonObject { ["deleted_threshold"] = 0.2, ["vacuum_min_vector_number"] = 1000, ["default_segment_number"] = 0, ["flush_interval_sec"] = 5 },
            ["quantization_config"] = _config["quantization_config"]?.DeepClone(),
        },
        ["payload_schema"] = _payloadSchema.DeepClone(),
    };

    public JsonObject IndexField(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "field_name", "field_schema");
        var type = (string)body["field_schema"]!;
        if (type is not ("keyword" or "integer" or "float" or "bool" or "datetime" or "uuid" or "geo" or "text"))
        {
            throw new DoubleError(HttpStatusCode.BadRequest, $"unknown variant `{type}`");
        }

        _payloadSchema[(string)body["field_name"]!] = new JsonObject { ["data_type"] = type, ["points"] = 0 };
        return new JsonObject { ["operation_id"] = 0, ["status"] = "completed" };
    }

    public void Upsert(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "points", "update_mode", "shard_key");
        List<DoublePoint> points = [.. body["points"]!.AsArray().Select(p => ReadPoint(p!.AsObject()))];
        points.ForEach(p => _points[p.Id] = p);
    }

    public void Delete(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "points", "filter", "shard_key");
        List<DoubleId> ids = body["points"] is { } named ? [.. named.AsArray().Select(DoubleId.Of)]
            : [.. Passing(body["filter"] ?? throw new DoubleError(HttpStatusCode.BadRequest, "neither points nor filter")).Select(p => p.Id)];
        ids.ForEach(id => _points.Remove(id));
    }

    public JsonArray Retrieve(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "ids", "with_payload", "with_vector", "shard_key");
        return new([.. body["ids"]!.AsArray().Select(DoubleId.Of).Where(_points.ContainsKey).Select(id => Show(_points[id], body, payloadByDefault: true))]);
    }

    public JsonObject RetrieveOne(string id) => _points.TryGetValue(DoubleId.Of(id), out var point)
        ? Show(point, new JsonObject { ["with_vector"] = true }, payloadByDefault: true)
        : throw new DoubleError(HttpStatusCode.NotFound, $"Not found: Point with id {id} does not exists!");

    public JsonObject Count(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "filter", "exact", "shard_key");
        return new JsonObject { ["count"] = Passing(body["filter"]).Count() };
    }

    public JsonObject Scroll(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "offset", "limit", "filter", "with_payload", "with_vector", "order_by", "shard_key");
        var limit = (int?)body["limit"] ?? 10;
        DoubleId? from = body["offset"] is { } offset ? DoubleId.Of(offset) : null;
        List<DoublePoint> page = [.. Passing(body["filter"]).Where(p => from is not { } first || p.Id.CompareTo(first) >= 0).Take(limit + 1)];
        return new JsonObject
        {
            ["points"] = new JsonArray([.. page.Take(limit).Select(p => Show(p, body, payloadByDefault: true))]),
            ["next_page_offset"] = page.Count > limit ? page[limit].Id.ToJson() : null,
        };
    }

    public JsonObject Query(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "query", "using", "filter", "limit", "offset", "score_threshold", "params", "with_payload", "with_vector", "prefetch", "lookup_from", "shard_key");
        var name = (string?)body["using"] ?? string.Empty;
        var query = Normalise(ReadVector(name, body["query"]!.AsArray()));
        var threshold = (float?)body["score_threshold"];
        var found = Passing(body["filter"]).Where(p => p.Vectors.ContainsKey(name))
            .Select(p => (Point: p, Score: Dot(query, p.Vectors[name])))
            .Where(p => threshold is not { } least || p.Score >= least)
            .OrderByDescending(p => p.Score)
            .Skip((int?)body["offset"] ?? 0).Take((int?)body["limit"] ?? 10);
        return new JsonObject
        {
            ["points"] = new JsonArray([.. found.Select(f =>
            {
                var shown = Show(f.Point, body, payloadByDefault: false);
                shown["version"] = 1;
                shown["score"] = f.Score;
                return shown;
            })]),
        };
    }

    private static JsonObject Show(DoublePoint point, JsonObject request, bool payloadByDefault)
    {
        var shown = new JsonObject { ["id"] = point.Id.ToJson() };
        shown["payload"] = (request["with_payload"]?.GetValueKind() ?? (payloadByDefault ? JsonValueKind.True : JsonValueKind.False)) == JsonValueKind.False ? null : point.Payload.DeepClone();
        if (request["with_vector"] is { } with && with.GetValueKind() != JsonValueKind.False)
        {
            var named = with is JsonArray names ? names.Select(n => (string)n!).ToHashSet() : null;
            shown["vector"] = new JsonObject(point.Vectors.Where(v => named?.Contains(v.Key) ?? true)
                .Select(v => KeyValuePair.Create(v.Key, (JsonNode?)new JsonArray([.. v.Value.Select(x => JsonValue.Create(x))]))));
        }

        return shown;
    }

    private static float Dot(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return (float)sum;
    }

    private static float[] Normalise(float[] vector)
    {
        var norm = (float)Math.Sqrt(vector.Sum(v => (double)v * v));
        return norm == 0 ? vector : [.. vector.Select(v => v / norm)];
    }

    private IEnumerable<DoublePoint> Passing(JsonNode? filter) => _points.Values.Where(p => DoubleFilter.Passes(filter, p));

    private DoublePoint ReadPoint(JsonObject point)
    {
        DoubleError.MustHaveOnly(point, "id", "vector", "payload");
        var vectors = (point["vector"] ?? throw new DoubleError(HttpStatusCode.BadRequest, "missing field `vector`")).AsObject()
            .ToDictionary(v => v.Key, v => Normalise(ReadVector(v.Key, v.Value!.AsArray())));
        return new DoublePoint(DoubleId.Of(point["id"]), vectors, point["payload"]?.DeepClone().AsObject() ?? []);
    }

    private float[] ReadVector(string name, JsonArray values)
    {
        if (!_sizes.TryGetValue(name, out var size))
        {
            throw new DoubleError(HttpStatusCode.BadRequest, $"Wrong input: Not existing vector name error: {name}");
        }

        return values.Count == size
            ? [.. values.Select(v => (float)v!)]
            : throw new DoubleError(HttpStatusCode.BadRequest, $"Wrong input: Vector dimension error: expected dim: {size}, got {values.Count}");
    }
}
