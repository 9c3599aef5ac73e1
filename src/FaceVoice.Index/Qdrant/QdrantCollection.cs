using System.Text.Json;

namespace FaceVoice.Index.Qdrant;

/// <summary>Makes collections, and reads back what they were made for.</summary>
/// <remarks>Model id and template check stand in the payload of one point without vectors: that works on every server since 1.10.</remarks>
internal sealed class QdrantCollection(QdrantHttp http, string name, QdrantStoreOptions options)
{
    private const string ModelField = "model_id", TemplateField = "template_check";

    /// <summary>The collection's path, without a slash at its end.</summary>
    public string Path { get; } = "collections/" + Uri.EscapeDataString(name);

    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Get, Path + "/exists", null, mayRepeat: true, cancellationToken).ConfigureAwait(false)).GetProperty("exists").GetBoolean();

    /// <summary>Makes the collection, or finishes one whose making was cut short.</summary>
    public async Task CreateAsync(IndexSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            await http.SendAsync(HttpMethod.Put, Path + "?timeout=60", json => WriteConfig(json, schema), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }
        catch (QdrantConflictException)
        {
            // Somebody else made it meanwhile, or an earlier attempt did: what it is like is compared by the caller.
        }

        // Before any point is there, so that the server's graph gets links for filters.
        await IndexFieldAsync(PayloadKey.Identity, "keyword", cancellationToken).ConfigureAwait(false);
        await IndexFieldAsync(PayloadKey.Modality, "keyword", cancellationToken).ConfigureAwait(false);
        foreach (var (field, kind) in options.IndexedFields)
        {
            await IndexFieldAsync(field, kind switch { PayloadKind.Number => "float", PayloadKind.Time => "datetime", _ => "keyword" }, cancellationToken).ConfigureAwait(false);
        }

        await WriteSchemaPointAsync(schema, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what the collection was made for; null where it lacks the point that says so.</summary>
    public async Task<(IndexSchema Schema, string? TemplateCheck)?> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        var points = await http.SendAsync(HttpMethod.Post, Path + "/points", WriteSchemaRequest, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        if (points.GetArrayLength() == 0)
        {
            return null;
        }

        var payload = points[0].GetProperty("payload");
        var info = await http.SendAsync(HttpMethod.Get, Path, null, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        var vectors = info.GetProperty("config").GetProperty("params").GetProperty("vectors");
        var dimensions = vectors.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetProperty("size").GetInt32(), StringComparer.Ordinal);
        var check = payload.TryGetProperty(TemplateField, out var template) ? template.GetString() : null;
        return (new IndexSchema(payload.GetProperty(ModelField).GetString()!, dimensions), check);
    }

    /// <summary>What may be stored of a template key so that a wrong one is noticed.</summary>
    public string? TemplateCheck(IndexSchema schema) => options.TemplateKey?.Fingerprint(PointUuid.Of(schema.ModelId), "template");

    private static void WriteSchemaRequest(Utf8JsonWriter json)
    {
        json.WriteStartArray("ids");
        json.WriteStringValue(PointUuid.Schema);
        json.WriteEndArray();
        json.WriteBoolean("with_payload", true);
        json.WriteBoolean("with_vector", false);
    }

    private Task<JsonElement> WriteSchemaPointAsync(IndexSchema schema, CancellationToken cancellationToken) => http.SendAsync(
        HttpMethod.Put,
        Path + "/points?wait=true",
        json =>
        {
            json.WriteStartArray("points");
            json.WriteStartObject();
            json.WriteString("id", PointUuid.Schema);
            json.WriteStartObject("vector");
            json.WriteEndObject();
            json.WriteStartObject("payload");
            json.WriteString(ModelField, schema.ModelId);
            if (TemplateCheck(schema) is { } check)
            {
                json.WriteString(TemplateField, check);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        },
        mayRepeat: true,
        cancellationToken);

    private Task<JsonElement> IndexFieldAsync(string field, string type, CancellationToken cancellationToken) => http.SendAsync(
        HttpMethod.Put,
        Path + "/index?wait=true",
        json =>
        {
            json.WriteString("field_name", field);
            json.WriteString("field_schema", type);
        },
        mayRepeat: true,
        cancellationToken);

    private void WriteConfig(Utf8JsonWriter json, IndexSchema schema)
    {
        json.WriteStartObject("vectors");
        foreach (var (vector, size) in schema.Dimensions)
        {
            json.WriteStartObject(vector);
            json.WriteNumber("size", size);
            json.WriteString("distance", "Cosine");
            json.WriteBoolean("on_disk", options.Quantize);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (options.Quantize)
        {
            json.WriteStartObject("quantization_config");
            json.WriteStartObject("scalar");
            json.WriteString("type", "int8");
            json.WriteNumber("quantile", 0.99);
            json.WriteBoolean("always_ram", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteBoolean("on_disk_payload", true);
        foreach (var (field, value) in new[] { ("shard_number", options.ShardNumber), ("replication_factor", options.ReplicationFactor), ("write_consistency_factor", options.WriteConsistencyFactor) })
        {
            if (value is { } number)
            {
                json.WriteNumber(field, number);
            }
        }
    }
}
