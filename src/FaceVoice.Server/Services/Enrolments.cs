using System.Numerics.Tensors;
using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>Keeps enrolments under their request ids: the same one again changes nothing, another one under the same id is refused. Thread-safe.</summary>
internal sealed class Enrolments
{
    // Cosine of one sample embedded twice: 1 but for the rounding of indexes that rotate vectors or keep them on another machine.
    private const float SameSample = 0.9999f;

    // Requests of one id must not overtake one another between the look and the write. A few locks are enough: they are held for a write of the index.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public static string PointId(string requestId, PointModality modality, int position) => $"{requestId}:{modality.ToKeyword()}:{position}";

    /// <exception cref="RpcException">ALREADY_EXISTS: the id was used for another enrolment.</exception>
    public async Task KeepAsync(IVectorStore store, EnrollRequest request, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)request.RequestId.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            await RefuseAnotherAsync(store, request, points, cancellationToken);
            await store.UpsertAsync(points, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task RefuseAnotherAsync(IVectorStore store, EnrollRequest request, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        // All or none of an enrolment is kept, and its samples are numbered without gaps: whether there were more of them shows at the next number.
        string[] beyond = [PointId(request.RequestId, PointModality.Face, request.Faces.Count), PointId(request.RequestId, PointModality.Voice, request.Voices.Count)];
        var known = await store.GetAsync([.. points.Select(p => p.Id), .. beyond], cancellationToken);
        var mine = points.ToDictionary(p => p.Id);
        if (known.Count > 0 && (known.Count != points.Count || !known.All(k => mine.TryGetValue(k.Id, out var point) && IsSame(k, point))))
        {
            throw new RpcException(new Status(
                StatusCode.AlreadyExists, "The request_id was used for another enrolment (another identity, other samples or attributes): choose a new one for each."));
        }
    }

    private static bool IsSame(IndexPoint known, IndexPoint sent) =>
        known.Identity == sent.Identity
        && known.Modality == sent.Modality
        && known.Payload.Count == sent.Payload.Count
        && known.Payload.All(field => sent.Payload.TryGetValue(field.Key, out var value) && value.Equals(field.Value))
        && known.Vectors.Count == sent.Vectors.Count
        && known.Vectors.All(v => sent.Vectors.TryGetValue(v.Key, out var vector) && TensorPrimitives.CosineSimilarity(v.Value.Span, vector.Span) >= SameSample);
}
