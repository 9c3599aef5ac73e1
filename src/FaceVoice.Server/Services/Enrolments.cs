using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>
/// Keeps enrolments under their request ids: the same one again changes nothing, another one under the same id is refused. That holds between servers
/// too: what decides is the index.
/// </summary>
internal static class Enrolments
{
    public static string PointId(string requestId, PointModality modality, int position) => $"{requestId}:{modality.ToKeyword()}:{position}";

    /// <exception cref="RpcException">ALREADY_EXISTS: the id was used for another enrolment.</exception>
    public static async Task KeepAsync(IVectorStore store, EnrollRequest request, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        // The samples of an enrolment are numbered without gaps: whether there were more of them shows at the next number.
        string[] beyond = [PointId(request.RequestId, PointModality.Face, request.Faces.Count), PointId(request.RequestId, PointModality.Voice, request.Voices.Count)];
        try
        {
            await store.InsertAsync(points, beyond, cancellationToken);
        }
        catch (PointExistsException e)
        {
            throw new RpcException(new Status(
                StatusCode.AlreadyExists, "The request_id was used for another enrolment (another identity, other samples or attributes): choose a new one for each.", e));
        }
    }
}
