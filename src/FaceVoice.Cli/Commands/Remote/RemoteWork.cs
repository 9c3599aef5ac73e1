using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using Google.Protobuf;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>What the commands ask of a server, in place of an engine of their own.</summary>
internal static class RemoteWork
{
    /// <summary>Something that embeds files in the space that was asked for, or else in the joint one where the server has it.</summary>
    public static async Task<IFileEmbedder> EmbedderAsync(ServerConnection server, EmbeddingSpace own, EmbeddingSpace? wanted, CancellationToken cancellationToken)
    {
        var space = wanted ?? (await HasJointSpaceAsync(server, cancellationToken) ? EmbeddingSpace.Joint : own);
        return own == EmbeddingSpace.Face ? new RemoteFaceEmbedder(server, space) : new RemoteVoiceEmbedder(server, space);
    }

    public static async Task<MatchReport> MatchAsync(ServerConnection server, string facePath, string voicePath, CancellationToken cancellationToken)
    {
        var face = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(facePath, cancellationToken));
        var voice = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(voicePath, cancellationToken));
        var request = new MatchRequest
        {
            Faces = { new FaceSample { Image = new FaceImage { Data = face } } },
            Voices = { new VoiceSample { Audio = new VoiceAudio { Data = voice } } },
        };
        var answer = await server.CallAsync(options => server.Matching.MatchAsync(request, options), cancellationToken);
        foreach (var warning in (answer.Voices[0].Report?.Warnings ?? []).Except(answer.Reasons))
        {
            await Console.Error.WriteLineAsync($"facevoice match: {voicePath}: {warning}");
        }

        return new MatchReport(
            answer.Score,
            answer.HasProbability ? answer.Probability : null,
            answer.Verdict == Verdict.EvidenceSufficient,
            answer.Reasons,
            WireMeasures.Face(answer.Faces[0].Report),
            WireMeasures.Voice(answer.Voices[0].Report),
            answer.ModelId,
            answer.Capability is { } known ? new FaceVoice.Models.ModelCapability { Associates = known.Associates, Identity = known.Identity } : null,
            answer.Meaning);
    }

    private static async Task<bool> HasJointSpaceAsync(ServerConnection server, CancellationToken cancellationToken)
    {
        var model = await server.CallAsync(options => server.Model.GetModelAsync(new GetModelRequest(), options), cancellationToken);
        return model.Spaces.Any(space => space.Space == Space.Joint);
    }
}
