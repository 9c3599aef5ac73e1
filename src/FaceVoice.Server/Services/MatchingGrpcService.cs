using System.Numerics.Tensors;
using FaceVoice.Inference;
using FaceVoice.Inference.Matching;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Wire;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>MatchingService.</summary>
internal sealed class MatchingGrpcService(EngineHolder holder, SampleResolver samples, ErrorReporter errors) : MatchingService.MatchingServiceBase
{
    private const int MaxSamples = 32;
    private const int MaxCandidates = 1000;

    public override async Task<MatchResponse> Match(MatchRequest request, ServerCallContext context)
    {
        CheckCount(request.Faces.Count, "faces");
        CheckCount(request.Voices.Count, "voices");
        var work = request.Faces.Select(face => (Face: (FaceSample?)face, Voice: (VoiceSample?)null))
            .Concat(request.Voices.Select(voice => (Face: (FaceSample?)null, Voice: (VoiceSample?)voice))).ToList();
        var outcomes = await ManySamples.SelectAsync(work, samples.SamplesPerCall, (w, token) => TryAsync(w.Face, w.Voice, context, token), context.CancellationToken);
        var faces = outcomes[..request.Faces.Count];
        var voices = outcomes[request.Faces.Count..];
        RequireOne(faces, "face");
        RequireOne(voices, "voice");

        var match = Match(Usable(faces), Usable(voices));
        var response = new MatchResponse
        {
            Score = SampleWire.Score(match.Score),
            Verdict = match.Evidence.IsSufficient ? Verdict.EvidenceSufficient : Verdict.NotEnoughEvidence,
            Reasons = { match.Evidence.Reasons },
            Faces = { faces.Select(Outcome) },
            Voices = { voices.Select(Outcome) },
            Timings = { SampleWire.Timings(Usable(outcomes)) },
            ModelId = holder.ModelId,
            Capability = CapabilityWire.ToWire(holder.Engine.Manifest.Capability),
            Meaning = match.Meaning,
        };
        if (match.Probability is { } probability)
        {
            response.Probability = SampleWire.Score(probability);
        }

        return response;
    }

    public override async Task<RankResponse> Rank(RankRequest request, ServerCallContext context)
    {
        if (request.Candidates.Count is 0 or > MaxCandidates)
        {
            throw Refusal.InvalidArgument($"There are {request.Candidates.Count} candidates; 1 to {MaxCandidates} are needed.");
        }

        ArgumentLimit(request.Limit);
        foreach (var candidate in request.Candidates)
        {
            SampleResolver.CheckId(candidate.Id, "A candidate's id");
        }

        var isFace = request.ProbeCase == RankRequest.ProbeOneofCase.Face;
        var probe = isFace
            ? await samples.ResolveAsync(request.Face, context.CancellationToken)
            : await samples.ResolveAsync(request.Voice, context.CancellationToken);
        var outcomes = await ManySamples.SelectAsync(
            request.Candidates, samples.SamplesPerCall, (c, token) => TryAsync(c.Face, c.Voice, context, token), context.CancellationToken);

        var ranked = request.Candidates.Select((candidate, i) => Rank(candidate, i, outcomes[i], probe, isFace, context))
            .OrderBy(c => c.Error is not null)
            .ThenByDescending(c => c.Score)
            .ThenBy(c => c.Index);
        return new RankResponse
        {
            ModelId = holder.ModelId,
            Capability = CapabilityWire.ToWire(holder.Engine.Manifest.Capability),
            Probe = SampleWire.Report(probe),
            Candidates = { request.Limit > 0 ? ranked.Take(request.Limit) : ranked },
            Timings = { SampleWire.Timings(Usable(outcomes).Prepend(probe)) },
        };
    }

    private static void CheckCount(int count, string what)
    {
        if (count is 0 or > MaxSamples)
        {
            throw Refusal.InvalidArgument($"There are {count} {what}; 1 to {MaxSamples} are needed.");
        }
    }

    private static void ArgumentLimit(int limit)
    {
        if (limit < 0)
        {
            throw Refusal.InvalidArgument($"limit is {limit}; 0 or more is needed.");
        }
    }

    private static void RequireOne(IReadOnlyList<Tried> tried, string what)
    {
        if (tried.All(t => t.Result is null))
        {
            var error = tried[0].Error!;
            var code = tried.All(t => t.Error!.Code == error.Code) ? (StatusCode)error.Code : StatusCode.InvalidArgument;
            var message = tried.Count == 1 ? error.Message : $"None of the {tried.Count} {what}s can be used; the first: {error.Message}";
            throw error.RetryAfterMs > 0
                ? Refusal.ResourceExhausted(message, TimeSpan.FromMilliseconds(error.RetryAfterMs))
                : new RpcException(new Status(code, message));
        }
    }

    private static List<MediaEmbedding> Usable(IEnumerable<Tried> tried) => [.. tried.Where(t => t.Result is not null).Select(t => t.Result!)];

    private static SampleOutcome Outcome(Tried tried) => new() { Error = tried.Error, Report = tried.Result is { } result ? SampleWire.Report(result) : null };

    /// <summary>
    /// An embedding that a caller sent may be of another space than a match needs; media are in the joint space if the model has one.
    /// </summary>
    private MatchResult Match(IReadOnlyList<MediaEmbedding> faces, IReadOnlyList<MediaEmbedding> voices) =>
        faces.Concat(voices).Any(sample => sample is GivenEmbedding { Joint: null })
            ? throw Refusal.InvalidArgument("A sample has no embedding in the joint space, which a match needs.")
            : holder.Engine.Match(faces, voices);

    private async Task<Tried> TryAsync(FaceSample? face, VoiceSample? voice, ServerCallContext context, CancellationToken cancellationToken)
    {
        try
        {
            return new(face is not null
                ? await samples.ResolveAsync(face, cancellationToken)
                : await samples.ResolveAsync(voice, cancellationToken), null);
        }
        catch (Exception e)
        {
            return new(null, errors.ToItem(e, context));
        }
    }

    private RankedCandidate Rank(RankCandidate candidate, int index, Tried tried, MediaEmbedding probe, bool probeIsFace, ServerCallContext context)
    {
        var ranked = new RankedCandidate { Id = candidate.Id, Index = index, Error = tried.Error };
        if (tried.Result is not { } result)
        {
            return ranked;
        }

        try
        {
            Score(ranked, probe, result, probeIsFace, candidate.SampleCase == RankCandidate.SampleOneofCase.Face);
        }
        catch (Exception e)
        {
            return new RankedCandidate { Id = candidate.Id, Index = index, Error = errors.ToItem(e, context) };
        }

        ranked.Report = SampleWire.Report(result);
        return ranked;
    }

    private void Score(RankedCandidate ranked, MediaEmbedding probe, MediaEmbedding candidate, bool probeIsFace, bool candidateIsFace)
    {
        if (probeIsFace != candidateIsFace)
        {
            var match = probeIsFace ? Match([probe], [candidate]) : Match([candidate], [probe]);
            ranked.Score = SampleWire.Score(match.Score);
            ranked.Space = Space.Joint;
            ranked.Verdict = match.Evidence.IsSufficient ? Verdict.EvidenceSufficient : Verdict.NotEnoughEvidence;
            if (match.Probability is { } probability)
            {
                ranked.Probability = SampleWire.Score(probability);
            }

            return;
        }

        // Of one modality: its own space tells more than the joint one, where both have it.
        var own = probeIsFace ? EmbeddingSpace.Face : EmbeddingSpace.Speaker;
        var space = probe.Find(own) is not null && candidate.Find(own) is not null ? own : EmbeddingSpace.Joint;
        if (probe.Find(space) is not { } a || candidate.Find(space) is not { } b)
        {
            throw Refusal.InvalidArgument("The probe and the candidate have no space in common.");
        }

        ranked.Score = SampleWire.Score(TensorPrimitives.Dot(a.Vector.Span, b.Vector.Span));
        ranked.Space = SpaceNames.ToWire(space);
        ranked.Verdict = probe.Lacking.Count + candidate.Lacking.Count == 0 ? Verdict.EvidenceSufficient : Verdict.NotEnoughEvidence;
    }

    private sealed record Tried(MediaEmbedding? Result, ItemError? Error);
}
