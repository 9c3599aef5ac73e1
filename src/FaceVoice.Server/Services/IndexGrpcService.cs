using System.Diagnostics;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Observability;
using FaceVoice.Server.Wire;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>IndexService, but for the search.</summary>
internal sealed partial class IndexGrpcService(EngineHolder holder, SampleResolver samples, ErrorReporter errors, ServiceMetrics metrics) : IndexService.IndexServiceBase
{
    private const int MaxSamples = 32;
    private const int MaxPage = 1000;

    private IVectorStore Store => holder.Loaded.Index ?? throw Refusal.FailedPrecondition("The server runs without an index: start it with --index.");

    public override async Task<EnrollResponse> Enroll(EnrollRequest request, ServerCallContext context) =>
        await EnrollAsync(request, work => work(), context);

    public override Task EnrollStream(
        IAsyncStreamReader<EnrollRequest> requestStream, IServerStreamWriter<EnrollStreamResponse> responseStream, ServerCallContext context) =>
        ManySamples.AnswerAsync(requestStream, responseStream, samples.SamplesPerCall, AnswerAsync, context);

    public override async Task<GetResponse> Get(GetRequest request, ServerCallContext context)
    {
        var found = await Store.GetAsync([Named(request.SampleId, "sample_id")], context.CancellationToken);
        return found.Count == 1
            ? new GetResponse { Sample = ToWire(found[0], request.WithEmbeddings), ModelId = holder.ModelId }
            : throw new RpcException(new Status(StatusCode.NotFound, "There is no sample of this id."));
    }

    public override async Task<ListResponse> List(ListRequest request, ServerCallContext context)
    {
        var page = await Store.ScrollAsync(
            new ScrollRequest
            {
                Filter = FilterWire.FromWire(request.Filter),
                Limit = Within(request.PageSize, 100, "page_size"),
                Cursor = request.PageToken.Length == 0 ? null : request.PageToken,
                WithVectors = request.WithEmbeddings,
            },
            context.CancellationToken);
        var response = new ListResponse { NextPageToken = page.NextCursor ?? "", ModelId = holder.ModelId };
        response.Samples.AddRange(page.Points.Select(point => ToWire(point, request.WithEmbeddings)));
        return response;
    }

    public override async Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => new()
    {
        Removed = request.TargetCase switch
        {
            DeleteRequest.TargetOneofCase.SampleIds when request.SampleIds.Values.Count is > 0 and <= MaxPage =>
                await Store.DeleteAsync([.. request.SampleIds.Values], context.CancellationToken),
            DeleteRequest.TargetOneofCase.SampleIds => throw Refusal.InvalidArgument($"There are {request.SampleIds.Values.Count} ids; 1 to {MaxPage} are needed."),
            DeleteRequest.TargetOneofCase.Identity => await Store.DeleteAsync(IndexFilter.OfIdentity(Named(request.Identity, "identity")), context.CancellationToken),
            DeleteRequest.TargetOneofCase.Filter => await Store.DeleteAsync(FilterWire.FromWire(request.Filter)!, context.CancellationToken),
            _ => throw Refusal.InvalidArgument("Nothing to delete is named: set sample_ids, identity or filter."),
        },
    };

    public override async Task<StatsResponse> Stats(StatsRequest request, ServerCallContext context)
    {
        var stats = await Store.GetStatsAsync(context.CancellationToken);
        var response = new StatsResponse { Backend = stats.Backend, Samples = stats.Points, ModelId = stats.Schema.ModelId };
        foreach (var (name, count) in stats.PointsByVector ?? new Dictionary<string, long>())
        {
            response.SamplesBySpace[name] = count;
        }

        foreach (var (name, dimension) in stats.Schema.Dimensions)
        {
            response.Dimensions[name] = dimension;
        }

        if (stats.DiskBytes is { } bytes)
        {
            response.DiskBytes = bytes;
        }

        if (stats.IsEncrypted is { } encrypted)
        {
            response.Encrypted = encrypted;
        }

        Inside(stats, response);
        return response;
    }

    /// <summary>What only some indexes can tell.</summary>
    private static void Inside(IndexStats stats, StatsResponse response)
    {
        foreach (var (name, count) in stats.GraphPoints ?? new Dictionary<string, long>())
        {
            response.GraphSamples[name] = count;
        }

        if (stats.DeadPoints is { } dead)
        {
            response.DeadSamples = dead;
        }

        if (stats.LogBytes is { } log)
        {
            response.LogBytes = log;
        }

        if (stats.HasRenewableTemplates is { } renewable)
        {
            response.RenewableTemplates = renewable;
        }
    }

    private static string Named(string name, string field) => name.Length > 0 ? name : throw Refusal.InvalidArgument($"{field} is empty.");

    private static int Within(int asked, int usual, string field) => asked switch
    {
        0 => usual,
        > 0 and <= MaxPage => asked,
        _ => throw Refusal.InvalidArgument($"{field} is {asked}; 1 to {MaxPage} are allowed, and 0 for {usual}."),
    };

    private static Modality ToWire(PointModality modality) => modality == PointModality.Face ? Modality.Face : Modality.Voice;

    private async Task<EnrollStreamResponse> AnswerAsync(EnrollRequest request, ServerCallContext context)
    {
        try
        {
            var enrolled = await EnrollAsync(request, work => SampleResolver.PatientlyAsync(work, context.CancellationToken), context);
            return new EnrollStreamResponse { RequestId = request.RequestId, Enrolled = enrolled };
        }
        catch (Exception e)
        {
            return new EnrollStreamResponse { RequestId = request.RequestId, Error = errors.ToItem(e, context) };
        }
    }

    private async Task<EnrollResponse> EnrollAsync(EnrollRequest request, Func<Func<Task<MediaEmbedding>>, Task<MediaEmbedding>> patience, ServerCallContext context)
    {
        var store = Store;
        Check(request);
        var attributes = AttributeWire.FromWire(request.Attributes);
        var work = request.Faces.Select((face, i) => new Part(PointModality.Face, i, face, null))
            .Concat(request.Voices.Select((voice, i) => new Part(PointModality.Voice, i, null, voice))).ToList();
        var results = await ManySamples.SelectAsync(work, samples.SamplesPerCall, (part, token) => ResolveAsync(part, patience, token), context.CancellationToken);
        if (!request.AcceptPoor)
        {
            RequireEvidence(work, results);
        }

        var points = work.Select((part, i) => Point(request, part, results[i], attributes, store.Schema)).ToList();
        var started = Stopwatch.GetTimestamp();
        await Enrolments.KeepAsync(store, request, points, context.CancellationToken);
        var stored = Stopwatch.GetElapsedTime(started);
        metrics.IndexUsed("store", stored);

        return new EnrollResponse
        {
            RequestId = request.RequestId,
            ModelId = holder.ModelId,
            Samples = { points.Select((point, i) => new EnrolledSample { SampleId = point.Id, Modality = ToWire(point.Modality), Report = SampleWire.Report(results[i]) }) },
            Timings = { SampleWire.Timings(results), SampleWire.Timing("store", stored) },
        };
    }

    /// <summary>What is enrolled is compared with everything that comes later, so it must be good enough for a match.</summary>
    private static void RequireEvidence(List<Part> work, MediaEmbedding[] results)
    {
        var poor = work.Zip(results).Where(sample => sample.Second.Lacking.Count > 0)
            .Select(sample => $"{sample.First.Name}: not enough to compare it with others: {string.Join("; ", sample.Second.Lacking)}").ToList();
        if (poor.Count > 0)
        {
            throw Refusal.InvalidArgument($"{string.Join(". ", poor)} (accept_poor enrols it all the same)");
        }
    }

    private static void Check(EnrollRequest request)
    {
        if (request.RequestId.Length is 0 || System.Text.Encoding.UTF8.GetByteCount(request.RequestId) > 128)
        {
            throw Refusal.InvalidArgument("request_id has 1 to 128 bytes; it makes the enrolment safe to send again.");
        }

        Named(request.Identity, "identity");
        if (request.Faces.Count + request.Voices.Count == 0 || request.Faces.Count > MaxSamples || request.Voices.Count > MaxSamples)
        {
            throw Refusal.InvalidArgument($"There are {request.Faces.Count} faces and {request.Voices.Count} voices; at least one sample is needed, and at most {MaxSamples} of each.");
        }
    }

    private async Task<MediaEmbedding> ResolveAsync(Part part, Func<Func<Task<MediaEmbedding>>, Task<MediaEmbedding>> patience, CancellationToken cancellationToken)
    {
        try
        {
            return await patience(() => part.Face is not null ? samples.ResolveAsync(part.Face, cancellationToken) : samples.ResolveAsync(part.Voice, cancellationToken));
        }
        catch (Exception e) when (StatusMap.From(e) is { StatusCode: StatusCode.InvalidArgument } error)
        {
            throw Refusal.InvalidArgument($"{part.Name}: {error.Status.Detail}");
        }
    }

    private static IndexPoint Point(EnrollRequest request, Part part, MediaEmbedding sample, IReadOnlyDictionary<string, PayloadValue> attributes, IndexSchema schema)
    {
        var vectors = new[] { EmbeddingSpace.Joint, EmbeddingSpace.Speaker }
            .Select(space => (Name: SpaceNames.ToVectorName(space), Embedding: sample.Find(space)))
            .Where(v => v.Embedding is not null && schema.Dimensions.ContainsKey(v.Name))
            .ToDictionary(v => v.Name, v => v.Embedding!.Vector);
        return new IndexPoint
        {
            Id = Enrolments.PointId(request.RequestId, part.Modality, part.Position),
            Identity = request.Identity,
            Modality = part.Modality,
            Vectors = vectors.Count > 0 ? vectors : throw Refusal.InvalidArgument($"{part.Name}: the index keeps no space that this embedding has."),
            Payload = attributes,
        };
    }

    private Sample ToWire(IndexPoint point, bool withEmbeddings)
    {
        var sample = new Sample { SampleId = point.Id, Identity = point.Identity ?? "", Modality = ToWire(point.Modality) };
        AttributeWire.ToWire(point.Payload, sample.Attributes);
        if (withEmbeddings)
        {
            sample.Embeddings.AddRange(point.Vectors.Select(v => EmbeddingWire.ToWire(holder.ModelId, SpaceNames.OfVectorName(v.Key), v.Value.Span)));
        }

        return sample;
    }

    private sealed record Part(PointModality Modality, int Position, FaceSample? Face, VoiceSample? Voice)
    {
        public string Name => $"{Modality.ToKeyword()}s[{Position}]";
    }
}
