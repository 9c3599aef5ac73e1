using Google.Protobuf.Collections;
using Qdrant.Client.Grpc;

namespace FaceVoice.Testing.Qdrant;

/// <summary>A collection of a double: named cosine vectors, points by id, everything compared one by one.</summary>
internal sealed class DoubleCollection
{
    private readonly CreateCollection _config;
    private readonly Func<bool> _isStrict;
    private readonly SortedDictionary<PointId, DoublePoint> _points = new(new PointIdOrder());
    private readonly Dictionary<string, PayloadSchemaInfo> _fields = [];
    private ulong _operation;

    public DoubleCollection(CreateCollection config, Func<bool> isStrict)
    {
        (_config, _isStrict) = (config, isStrict);
        foreach (var (name, vector) in Vectors)
        {
            if (vector.Distance != Distance.Cosine || vector.Size is 0 or > 65_536)
            {
                throw DoubleError.Invalid($"Validation error in body: [vectors.{name}: the double knows cosine and 1 to 65,536 numbers]");
            }
        }
    }

    private MapField<string, VectorParams> Vectors => _config.VectorsConfig?.ParamsMap?.Map ?? throw DoubleError.Invalid("the double knows named vectors only");

    public CollectionInfo Info()
    {
        var info = new CollectionInfo
        {
            Status = CollectionStatus.Green,
            OptimizerStatus = new OptimizerStatus { Ok = true },
            PointsCount = (ulong)_points.Count,
            SegmentsCount = 1,
            Config = new CollectionConfig
            {
                Params = new CollectionParams
                {
                    VectorsConfig = _config.VectorsConfig.Clone(),
                    ShardNumber = _config.HasShardNumber ? _config.ShardNumber : 1,
                    ReplicationFactor = _config.HasReplicationFactor ? _config.ReplicationFactor : 1,
                    WriteConsistencyFactor = _config.HasWriteConsistencyFactor ? _config.WriteConsistencyFactor : 1,
                },
                QuantizationConfig = _config.QuantizationConfig?.Clone(),
            },
        };
        info.Config.Metadata.Add(_config.Metadata);
        foreach (var (name, field) in _fields)
        {
            info.PayloadSchema[name] = field.Clone();
        }

        return info;
    }

    public PointsOperationResponse IndexField(CreateFieldIndexCollection request)
    {
        if (request.Ordering is { } ordering)
        {
            RequireOrdering(ordering);
        }

        var type = request.FieldType switch
        {
            FieldType.Keyword => PayloadSchemaType.Keyword,
            FieldType.Integer => PayloadSchemaType.Integer,
            FieldType.Float => PayloadSchemaType.Float,
            FieldType.Bool => PayloadSchemaType.Bool,
            FieldType.Datetime => PayloadSchemaType.Datetime,
            FieldType.Uuid => PayloadSchemaType.Uuid,
            _ => throw DoubleError.Invalid($"the double knows no index of type {request.FieldType}"),
        };
        _fields[request.FieldName] = new PayloadSchemaInfo { DataType = type, Params = request.FieldIndexParams };
        return Done(request.Wait);
    }

    public PointsOperationResponse Upsert(UpsertPoints request)
    {
        RequireOrdering(request.Ordering, request.HasTimeout ? request.Timeout : null);
        if (request.Points.Count == 0)
        {
            throw DoubleError.Invalid("Bad request: Empty update request");
        }

        List<DoublePoint> points = [.. request.Points.Select(Read)];
        foreach (var point in points)
        {
            var isThere = _points.ContainsKey(point.Id);
            if (request.UpdateMode switch { UpdateMode.InsertOnly => !isThere, UpdateMode.UpdateOnly => isThere, _ => true })
            {
                _points[point.Id] = point;
            }
        }

        return Done(request.Wait);
    }

    public void Put(PointStruct point) => _points[point.Id] = new DoublePoint(point.Id, [], point.Payload);

    public PointsOperationResponse Delete(DeletePoints request)
    {
        RequireOrdering(request.Ordering, request.HasTimeout ? request.Timeout : null);
        List<PointId> ids = request.Points?.PointsSelectorOneOfCase switch
        {
            PointsSelector.PointsSelectorOneOfOneofCase.Points => [.. request.Points.Points.Ids.Select(Checked)],
            PointsSelector.PointsSelectorOneOfOneofCase.Filter => [.. Passing(request.Points.Filter).Select(p => p.Id)],
            _ => throw DoubleError.Invalid("PointSelector is missing"),
        };
        ids.ForEach(id => _points.Remove(id));
        return Done(request.Wait);
    }

    public GetResponse Get(GetPoints request)
    {
        Require(request.ReadConsistency, request.HasTimeout ? request.Timeout : null);
        var found = request.Ids.Select(Checked).Where(_points.ContainsKey).Select(id => _points[id]);
        return new GetResponse { Result = { found.Select(p => Show(p, request.WithPayload?.Enable ?? false, request.WithVectors?.Enable ?? false)) } };
    }

    public CountResponse Count(CountPoints request)
    {
        Require(request.ReadConsistency, request.HasTimeout ? request.Timeout : null);
        return new CountResponse { Result = new CountResult { Count = (ulong)Passing(request.Filter).Count() } };
    }

    public ScrollResponse Scroll(ScrollPoints request)
    {
        Require(request.ReadConsistency, request.HasTimeout ? request.Timeout : null);
        var limit = request.HasLimit ? (int)request.Limit : 10;
        if (limit == 0)
        {
            throw DoubleError.Invalid("Validation error in body: [limit: value 0 invalid, must be 1 or larger]");
        }

        var order = new PointIdOrder();
        var from = request.Offset is { } offset ? Checked(offset) : null;
        List<DoublePoint> page = [.. Passing(request.Filter).Where(p => from is null || order.Compare(p.Id, from) >= 0).Take(limit + 1)];
        return new ScrollResponse
        {
            Result = { page.Take(limit).Select(p => Show(p, request.WithPayload?.Enable ?? true, request.WithVectors?.Enable ?? false)) },
            NextPageOffset = page.Count > limit ? page[limit].Id : null,
        };
    }

    public BatchResult Query(QueryPoints request)
    {
        Require(request.ReadConsistency, request.HasTimeout ? request.Timeout : null);
        if (request.HasLimit && request.Limit == 0)
        {
            throw DoubleError.Invalid("Validation error in body: [limit: value 0 invalid, must be 1 or larger]");
        }

        if (_isStrict() && (request.Params?.Exact ?? false))
        {
            throw DoubleError.Invalid("Bad request: Exact search is disabled!. Help: Set exact=false.");
        }

        var query = Normalise(Checked(request.Using, request.Query?.Nearest?.Dense?.Data ?? throw DoubleError.Invalid("the double knows queries by a dense vector only")));
        var found = Passing(request.Filter).Where(p => p.Vectors.ContainsKey(request.Using))
            .Select(p => (Point: p, Score: Dot(query, p.Vectors[request.Using])))
            .Where(p => !request.HasScoreThreshold || p.Score >= request.ScoreThreshold)
            .OrderByDescending(p => p.Score)
            .Skip((int)request.Offset)
            .Take(request.HasLimit ? (int)request.Limit : 10);
        var result = new BatchResult();
        foreach (var (point, score) in found)
        {
            var shown = Show(point, request.WithPayload?.Enable ?? false, request.WithVectors?.Enable ?? false);
            result.Result.Add(new ScoredPoint { Id = shown.Id, Score = score, Version = 1, Payload = { shown.Payload }, Vectors = shown.Vectors });
        }

        return result;
    }

    /// <summary>Refuses what the server's validation refuses.</summary>
    public static void Require(ReadConsistency? consistency, ulong? timeoutSeconds)
    {
        if (consistency is { HasFactor: true, Factor: 0 } || timeoutSeconds == 0)
        {
            throw DoubleError.Invalid("Validation error in body: [read_consistency or timeout: value 0 invalid, must be 1 or larger]");
        }
    }

    private static void RequireOrdering(WriteOrdering? ordering, ulong? timeoutSeconds = null)
    {
        Require(null, timeoutSeconds);
        if (ordering is not null && !Enum.IsDefined(ordering.Type))
        {
            throw DoubleError.Invalid("unknown write ordering");
        }
    }

    private static RetrievedPoint Show(DoublePoint point, bool withPayload, bool withVectors)
    {
        var shown = new RetrievedPoint { Id = point.Id };
        if (withPayload)
        {
            shown.Payload.Add(point.Payload);
        }

        if (withVectors)
        {
            shown.Vectors = new VectorsOutput { Vectors = new NamedVectorsOutput() };
            foreach (var (name, vector) in point.Vectors)
            {
                shown.Vectors.Vectors.Vectors[name] = new VectorOutput { Dense = new DenseVector { Data = { vector } } };
            }
        }

        return shown;
    }

    private static PointId Checked(PointId id) => id switch
    {
        { HasNum: true } => id,
        { HasUuid: true } when Guid.TryParse(id.Uuid, out _) => id,
        _ => throw DoubleError.Invalid($"Unable to parse UUID: {id.Uuid}"),
    };

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

    private PointsOperationResponse Done(bool wait) =>
        new() { Result = new UpdateResult { OperationId = _operation++, Status = wait ? UpdateStatus.Completed : UpdateStatus.Acknowledged } };

    private IEnumerable<DoublePoint> Passing(Filter? filter)
    {
        if (_isStrict() && DoubleFilter.Fields(filter).FirstOrDefault(key => !_fields.ContainsKey(key)) is { } field)
        {
            throw DoubleError.Invalid($"Bad request: Index required but not found for \"{field}\" of one of the following types: [keyword]. Help: Create an index for this key or use a different filter.");
        }

        return _points.Values.Where(p => DoubleFilter.Passes(filter, p));
    }

    private DoublePoint Read(PointStruct point)
    {
        if (point.Vectors is null)
        {
            throw DoubleError.Invalid("Expected some vectors");
        }

        var vectors = point.Vectors.Vectors_?.Vectors ?? throw DoubleError.Invalid("Wrong input: Not existing vector name error: ");
        return new DoublePoint(
            Checked(point.Id ?? throw DoubleError.Invalid("Empty ID is not allowed")),
            vectors.ToDictionary(v => v.Key, v => Normalise(Checked(v.Key, v.Value.Dense?.Data ?? throw DoubleError.Invalid("the double takes dense vectors, and no deprecated field")))),
            point.Payload.Clone());
    }

    private float[] Checked(string name, RepeatedField<float> values)
    {
        if (!Vectors.TryGetValue(name, out var vector))
        {
            throw DoubleError.Invalid($"Wrong input: Not existing vector name error: {name}");
        }

        return values.Count == (int)vector.Size && values.All(float.IsFinite)
            ? [.. values]
            : throw DoubleError.Invalid($"Wrong input: Vector dimension error: expected dim: {vector.Size}, got {values.Count}");
    }
}
