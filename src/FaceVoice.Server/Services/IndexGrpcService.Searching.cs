using System.Diagnostics;
using System.Numerics.Tensors;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Wire;
using Grpc.Core;
using SearchHit = FaceVoice.Index.SearchHit;
using SearchRequest = FaceVoice.Protocol.V1.SearchRequest;

namespace FaceVoice.Server.Services;

/// <summary>The search of IndexService.</summary>
internal sealed partial class IndexGrpcService
{
    // Joining two spaces looks at this many of each space for every hit that is asked for.
    private const int FusionReach = 10;

    public override async Task<SearchResponse> Search(SearchRequest request, ServerCallContext context)
    {
        var store = Store;
        var limit = Within(request.Limit, 10, "limit");
        var filter = FilterWire.FromWire(request.Filter);
        CheckScores(request);
        var probe = await ProbeAsync(request, context.CancellationToken);
        var space = SpaceNames.FromWire(request.Space);
        var isFused = request.HasFusionSpeakerWeight;
        using var activity = metrics.StartActivity("search");
        var started = Stopwatch.GetTimestamp();
        var hits = isFused
            ? await FusedAsync(store, request, probe, filter, limit, context.CancellationToken)
            : await FindAsync(store, request, Vector(probe, space), SpaceNames.ToVectorName(space), filter, limit, context.CancellationToken);
        var searched = Stopwatch.GetElapsedTime(started);
        metrics.IndexUsed("search", searched);

        return new SearchResponse
        {
            Space = isFused ? Space.Unspecified : SpaceNames.ToWire(space),
            Probe = SampleWire.Report(probe),
            Hits = { hits.Select(hit => ToWire(hit, request.ProbeCase, isFused ? null : space)) },
            Timings = { SampleWire.Timings(probe), SampleWire.Timing("search", searched) },
            ModelId = holder.ModelId,
        };
    }

    private static void CheckScores(SearchRequest request)
    {
        if (request.HasFusionSpeakerWeight && !(request.FusionSpeakerWeight is >= 0 and <= 1))
        {
            throw Refusal.InvalidArgument($"fusion_speaker_weight is {request.FusionSpeakerWeight}; 0 to 1 is allowed.");
        }

        if (request.HasFusionSpeakerWeight && request.ProbeCase != SearchRequest.ProbeOneofCase.Voice)
        {
            throw Refusal.InvalidArgument("fusion_speaker_weight needs a voice as probe: only a voice is in both spaces.");
        }

        if (request.HasMinScore && !(request.MinScore is >= -1 and <= 1))
        {
            throw Refusal.InvalidArgument($"min_score is {request.MinScore}; -1 to 1 is allowed.");
        }
    }

    private static ReadOnlyMemory<float> Vector(MediaEmbedding probe, EmbeddingSpace space) =>
        probe.Find(space)?.Vector ?? throw Refusal.InvalidArgument($"The probe has no embedding in the {space} space.");

    private async Task<MediaEmbedding> ProbeAsync(SearchRequest request, CancellationToken cancellationToken) => request.ProbeCase switch
    {
        SearchRequest.ProbeOneofCase.Face => await samples.ResolveAsync(request.Face, cancellationToken),
        SearchRequest.ProbeOneofCase.Voice => await samples.ResolveAsync(request.Voice, cancellationToken),
        SearchRequest.ProbeOneofCase.Embedding => samples.Given(request.Embedding, own: null),
        _ => throw Refusal.InvalidArgument("The search has no probe: set face, voice or embedding."),
    };

    /// <summary>Searches one space; for the best of each identity it looks further until there are enough identities.</summary>
    private static async Task<IReadOnlyList<SearchHit>> FindAsync(
        IVectorStore store, SearchRequest request, ReadOnlyMemory<float> vector, string name, IndexFilter? filter, int limit, CancellationToken cancellationToken)
    {
        for (var reach = request.BestPerIdentity ? Math.Min(limit * 4, Index.SearchRequest.MaxLimit) : limit; ; reach = Math.Min(reach * 4, Index.SearchRequest.MaxLimit))
        {
            var hits = await store.SearchAsync(
                new Index.SearchRequest
                {
                    VectorName = name,
                    Vector = vector,
                    Filter = filter,
                    ScoreThreshold = request.HasMinScore ? request.MinScore : null,
                    Limit = reach,
                    Exact = request.Exact,
                },
                cancellationToken);
            var chosen = Choose(hits, request.BestPerIdentity, limit);
            if (chosen.Count == limit || hits.Count < reach || reach == Index.SearchRequest.MaxLimit)
            {
                return chosen;
            }
        }
    }

    private static List<SearchHit> Choose(IEnumerable<SearchHit> bestFirst, bool bestPerIdentity, int limit) =>
        [.. (bestPerIdentity ? bestFirst.DistinctBy(hit => hit.Identity ?? "\0" + hit.Id) : bestFirst).Take(limit)];

    /// <summary>Gathers the best of both spaces, then scores every one of them exactly in both.</summary>
    private static async Task<IReadOnlyList<SearchHit>> FusedAsync(
        IVectorStore store, SearchRequest request, MediaEmbedding probe, IndexFilter? filter, int limit, CancellationToken cancellationToken)
    {
        var joint = Vector(probe, EmbeddingSpace.Joint);
        var speaker = Vector(probe, EmbeddingSpace.Speaker);
        var reach = Math.Min(Index.SearchRequest.MaxLimit, limit * FusionReach);
        Index.SearchRequest Ask(string name, ReadOnlyMemory<float> vector) => new() { VectorName = name, Vector = vector, Filter = filter, Limit = reach, Exact = request.Exact };
        var found = await store.SearchAsync([Ask(VectorName.Joint, joint), Ask(VectorName.Speaker, speaker)], cancellationToken);
        var hits = found.SelectMany(list => list).DistinctBy(hit => hit.Id).ToDictionary(hit => hit.Id);
        var points = await store.GetAsync([.. hits.Keys], cancellationToken);
        var weight = request.FusionSpeakerWeight;
        var scored =
            from point in points
            where point.Vectors.ContainsKey(VectorName.Joint) && point.Vectors.ContainsKey(VectorName.Speaker)
            let score = ((1 - weight) * TensorPrimitives.Dot(joint.Span, point.Vectors[VectorName.Joint].Span))
                + (weight * TensorPrimitives.Dot(speaker.Span, point.Vectors[VectorName.Speaker].Span))
            where !request.HasMinScore || score >= request.MinScore
            orderby score descending
            let hit = hits[point.Id]
            select new SearchHit { Id = hit.Id, Score = score, Identity = hit.Identity, Modality = hit.Modality, Payload = hit.Payload };
        return Choose(scored, request.BestPerIdentity, limit);
    }

    private Protocol.V1.SearchHit ToWire(SearchHit hit, SearchRequest.ProbeOneofCase probe, EmbeddingSpace? space)
    {
        var wire = new Protocol.V1.SearchHit
        {
            SampleId = hit.Id,
            Identity = hit.Identity ?? "",
            Modality = ToWire(hit.Modality),
            Score = SampleWire.Score(hit.Score),
        };
        var isCrossModal = (probe == SearchRequest.ProbeOneofCase.Face && hit.Modality == PointModality.Voice)
            || (probe == SearchRequest.ProbeOneofCase.Voice && hit.Modality == PointModality.Face);
        if (isCrossModal && space == EmbeddingSpace.Joint && holder.Engine.Manifest.Calibration?.Joint is { } calibration)
        {
            wire.Probability = calibration.Probability(hit.Score);
        }

        AttributeWire.ToWire(hit.Payload, wire.Attributes);
        return wire;
    }
}
