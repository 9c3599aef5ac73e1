using System.Globalization;
using Qdrant.Client.Grpc;

namespace FaceVoice.Index.Qdrant;

/// <summary>What a collection was made for, read from the server.</summary>
/// <param name="Schema">Model and vector sizes.</param>
/// <param name="TemplateCheck">What tells whether a template key is the collection's; null for none.</param>
/// <param name="HasSchemaPoint">Whether a point holds the schema, as in collections of earlier versions.</param>
/// <param name="IndexedFields">The payload fields that have an index.</param>
internal sealed record QdrantCollectionInfo(IndexSchema Schema, string? TemplateCheck, bool HasSchemaPoint, IReadOnlyCollection<string> IndexedFields);

/// <summary>Makes collections, and reads back what they were made for. Model id and template check stand in the collection's metadata.</summary>
internal sealed class QdrantCollection(QdrantConnection connection, string name, QdrantStoreOptions options)
{
    private const string ModelKey = "facevoice_model_id", TemplateKey = "facevoice_template_check";
    private const string SchemaPointModel = "model_id", SchemaPointTemplate = "template_check";

    /// <summary>The first version with all that is needed; earlier ones pass over the fields they do not know, insert-only among them.</summary>
    private static readonly Version OldestServer = new(1, 17);

    /// <summary>Timeouts on the wire are whole seconds; one less than the deadline, so that the server's answer comes before it.</summary>
    public static ulong WholeSeconds(TimeSpan attempt) => (ulong)Math.Max(1, Math.Floor(attempt.TotalSeconds) - 1);

    /// <summary>Refuses a server that is too old.</summary>
    /// <exception cref="IndexUnavailableException">It is older than 1.17.</exception>
    public async Task RequireVersionAsync(CancellationToken cancellationToken)
    {
        var health = await connection.CallAsync((client, token) => client.HealthAsync(token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        var number = health.Version.Split('-', '+')[0];
        if (Version.TryParse(number, out var version) && version < OldestServer)
        {
            throw new IndexUnavailableException($"The Qdrant server has version {health.Version}; {OldestServer} or newer is needed.");
        }
    }

    /// <summary>Reads what the collection was made for; null where it does not exist.</summary>
    /// <exception cref="IndexNotFoundException">It is not one of FaceVoice.</exception>
    public async Task<QdrantCollectionInfo?> ReadAsync(CancellationToken cancellationToken)
    {
        CollectionInfo info;
        try
        {
            info = await connection.CallAsync((client, token) => client.GetCollectionInfoAsync(name, token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }
        catch (IndexNotFoundException)
        {
            return null;
        }

        var sizes = info.Config?.Params?.VectorsConfig?.ParamsMap?.Map.ToDictionary(v => v.Key, v => checked((int)v.Value.Size), StringComparer.Ordinal) ?? [];
        if (sizes.Count > 0 && info.Config!.Metadata.TryGetValue(ModelKey, out var model) && model.HasStringValue)
        {
            var check = info.Config.Metadata.TryGetValue(TemplateKey, out var template) && template.HasStringValue ? template.StringValue : null;
            return new(new IndexSchema(model.StringValue, sizes), check, false, [.. info.PayloadSchema.Keys]);
        }

        return await ReadSchemaPointAsync(info, sizes, cancellationToken).ConfigureAwait(false)
            ?? throw new IndexNotFoundException($"The collection '{name}' is there, and it is not an index of FaceVoice: take another name.");
    }

    /// <summary>Makes the collection; somebody else may be making it at the same time.</summary>
    public async Task CreateAsync(IndexSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CallAsync(
                async (client, token) =>
                {
                    await client.CreateCollectionAsync(Request(schema), token).ConfigureAwait(false);
                    return true;
                },
                mayRepeat: true,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QdrantExistsException || (error is InvalidRequestException && error.Message.Contains("already exists", StringComparison.OrdinalIgnoreCase)))
        {
            // Made meanwhile, or by an attempt whose answer was lost: what it is like is compared by the caller.
        }
    }

    /// <summary>Makes the payload indexes that are not there yet: before any point, so that the server's graph gets links for filters.</summary>
    public async Task IndexFieldsAsync(IReadOnlyCollection<string> there, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, PayloadKind>(options.IndexedFields) { [PayloadKey.Identity] = PayloadKind.Keywords, [PayloadKey.Modality] = PayloadKind.Keywords };
        if (options.TenantField is { } tenant)
        {
            fields[tenant] = PayloadKind.Keywords;
        }

        foreach (var (field, kind) in fields.Where(f => !there.Contains(f.Key)))
        {
            var type = kind switch { PayloadKind.Number => PayloadSchemaType.Float, PayloadKind.Time => PayloadSchemaType.Datetime, _ => PayloadSchemaType.Keyword };
            var parameters = field == options.TenantField ? new PayloadIndexParams { KeywordIndexParams = new KeywordIndexParams { IsTenant = true } } : null;
            await connection.WriteAsync(
                (client, token) => client.CreatePayloadIndexAsync(name, field, type, parameters, wait: true, cancellationToken: token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What may be stored of a template key so that a wrong one is noticed.</summary>
    public string? TemplateCheck(IndexSchema schema) => options.TemplateKey?.Fingerprint(PointUuid.Of(schema.ModelId), "template");

    /// <summary>Earlier versions kept the schema in the payload of a point without vectors, which the server takes no more; it is still read.</summary>
    private async Task<QdrantCollectionInfo?> ReadSchemaPointAsync(CollectionInfo info, Dictionary<string, int> sizes, CancellationToken cancellationToken)
    {
        if (sizes.Count == 0)
        {
            return null;
        }

        var points = await connection.CallAsync(
            (client, token) => client.RetrieveAsync(name, [QdrantPoints.Id(PointUuid.Schema)], withPayload: true, withVectors: false, cancellationToken: token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        if (points is not [var point] || !point.Payload.TryGetValue(SchemaPointModel, out var model) || !model.HasStringValue)
        {
            return null;
        }

        var check = point.Payload.TryGetValue(SchemaPointTemplate, out var template) && template.HasStringValue ? template.StringValue : null;
        return new(new IndexSchema(model.StringValue, sizes), check, true, [.. info.PayloadSchema.Keys]);
    }

    private CreateCollection Request(IndexSchema schema)
    {
        var vectors = new VectorParamsMap();
        foreach (var (vector, size) in schema.Dimensions)
        {
            vectors.Map[vector] = new VectorParams { Size = (ulong)size, Distance = Distance.Cosine };
            if (options.Quantize)
            {
                vectors.Map[vector].Memory = Memory.Cold;
            }
        }

        var request = new CreateCollection
        {
            CollectionName = name,
            VectorsConfig = new VectorsConfig { ParamsMap = vectors },
            Timeout = WholeSeconds(options.AttemptTimeout),
            Metadata = { [ModelKey] = schema.ModelId },
        };
        if (TemplateCheck(schema) is { } check)
        {
            request.Metadata[TemplateKey] = check;
        }

        if (options.Quantize)
        {
            request.QuantizationConfig = new QuantizationConfig { Scalar = new ScalarQuantization { Type = QuantizationType.Int8, Quantile = 0.99f, Memory = Memory.Pinned } };
        }

        if (options.ShardNumber is { } shards)
        {
            request.ShardNumber = checked((uint)shards);
        }

        if (options.ReplicationFactor is { } copies)
        {
            request.ReplicationFactor = checked((uint)copies);
        }

        if (options.WriteConsistencyFactor is { } written)
        {
            request.WriteConsistencyFactor = checked((uint)written);
        }

        return request;
    }

    /// <summary>How many replicas a read asks; null for the server's choice.</summary>
    /// <exception cref="InvalidRequestException">The text names none of Qdrant's ways.</exception>
    public static ReadConsistency? Consistency(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "MAJORITY" => new ReadConsistency { Type = ReadConsistencyType.Majority },
        "QUORUM" => new ReadConsistency { Type = ReadConsistencyType.Quorum },
        "ALL" => new ReadConsistency { Type = ReadConsistencyType.All },
        _ => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var factor) && factor > 0
            ? new ReadConsistency { Factor = factor }
            : throw new InvalidRequestException($"The read consistency is '{text}'; majority, quorum, all or a number of replicas is needed."),
    };
}
