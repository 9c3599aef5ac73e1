using System.Numerics.Tensors;
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
        var work = request.Faces.Select(face => (Face: (FaceSample?)face, Voice: (VoiceSample?)null)).Concat(request.Voices.Select(voice => (Face: (FaceSample?)null, Voice: (VoiceSample?)voice))).ToList();
        var outcomes = await OrderedParallel.SelectAsync(work, samples.SamplesPerCall, (w, _, token) => TryAsync(w.Face, w.Voice, context, token), context.CancellationToken);
        var faces = outcomes[..request.Faces.Count];
        var voices = outcomes[request.Faces.Count..];
        RequireOne(faces, "face");
        RequireOne(voices, "voice");

        var score = holder.Engine.Match(Usable(faces), Usable(voices));
        var response = new MatchResponse
        {
            Score = Finite(score.Score),
            Verdict = score.Reasons.Count == 0 ? Verdict.Sufficient : Verdict.NotEnoughEvidence,
            ModelId = holder.ModelId,
        };
        if (score.Probability is { } probability)
        {
            response.Probability = Finite(probability);
        }

        response.Reasons.AddRange(score.Reasons);
        response.Faces.AddRange(faces.Select(Outcome));
        response.Voices.AddRange(voices.Select(Outcome));
        response.Timings.AddRange(SampleWire.Sum(Usable(outcomes)));
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
        var outcomes = await OrderedParallel.SelectAsync(
            request.Candidates, samples.SamplesPerCall, (c, _, token) => TryAsync(c.Face, c.Voice, context, token), context.CancellationToken);

        var ranked = request.Candidates.Select((candidate, i) => Rank(candidate, i, outcomes[i], probe, isFace, context))
            .OrderBy(c => c.Error is not null)
            .ThenByDescending(c => c.Score)
            .ThenBy(c => c.Index);
        var response = new RankResponse { ModelId = holder.ModelId, Probe = IsMedia(probe) ? SampleWire.Report(probe) : null };
        response.Candidates.AddRange(request.Limit > 0 ? ranked.Take(request.Limit) : ranked);
        response.Timings.AddRange(SampleWire.Sum(Usable(outcomes).Prepend(probe)));
        return response;
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

    private static List<SampleResult> Usable(IEnumerable<Tried> tried) => [.. tried.Where(t => t.Result is not null).Select(t => t.Result!)];

    private static SampleOutcome Outcome(Tried tried) => new() { Error = tried.Error, Report = tried.Result is { } result && IsMedia(result) ? SampleWire.Report(result) : null };

    private static bool IsMedia(SampleResult result) => result.Face is not null || result.Voice is not null;

    private static T Finite<T>(T value)
        where T : System.Numerics.INumberBase<T> => T.IsFinite(value) ? value : throw new InvalidOperationException("A score that is not finite was about to be sent.");

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

    private RankedCandidate Rank(RankCandidate candidate, int index, Tried tried, SampleResult probe, bool probeIsFace, ServerCallContext context)
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

        ranked.Report = IsMedia(result) ? SampleWire.Report(result) : null;
        return ranked;
    }

    private void Score(RankedCandidate ranked, SampleResult probe, SampleResult candidate, bool probeIsFace, bool candidateIsFace)
    {
        if (probeIsFace != candidateIsFace)
        {
            var score = probeIsFace ? holder.Engine.Match([probe], [candidate]) : holder.Engine.Match([candidate], [probe]);
            ranked.Score = Finite(score.Score);
            ranked.Space = Space.Joint;
            ranked.Verdict = score.Reasons.Count == 0 ? Verdict.Sufficient : Verdict.NotEnoughEvidence;
            if (score.Probability is { } probability)
            {
                ranked.Probability = Finite(probability);
            }

            return;
        }

        // Of one modality: its own space tells more than the joint one, where both have it.
        var own = probeIsFace ? EmbeddingSpace.Face : EmbeddingSpace.Speaker;
        var space = probe.Vectors.ContainsKey(own) && candidate.Vectors.ContainsKey(own) ? own : EmbeddingSpace.Joint;
        if (!probe.Vectors.TryGetValue(space, out var a) || !candidate.Vectors.TryGetValue(space, out var b))
        {
            throw Refusal.InvalidArgument("The probe and the candidate have no space in common.");
        }

        ranked.Score = Finite(TensorPrimitives.Dot(a.Span, b.Span));
        ranked.Space = SpaceNames.ToWire(space);
        ranked.Verdict = Verdict.Sufficient;
    }

    private sealed record Tried(SampleResult? Result, ItemError? Error);
}
