using System.Net.Sockets;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Hosting;

/// <summary>
/// Calls the service before it is ready, so that the first caller does not wait for the compiler: a second host of the same code answers through a socket in
/// a folder that only this user can enter. The calls bring a drawn face and made-up vowels, and go every step that a caller's go. Nothing of it is counted or
/// kept, and it is gone before the first call is taken.
/// </summary>
internal static class Rehearsal
{
    private const int Rounds = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Makes the calls. Where no socket can be made, or a call fails, the server begins without: it is slower for its first callers, no more.</summary>
    /// <param name="engine">Is used, and not freed.</param>
    /// <param name="logger">Hears why nothing could be rehearsed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(IInferenceEngine engine, ILogger logger, CancellationToken cancellationToken)
    {
        DirectoryInfo? folder = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        try
        {
            folder = Directory.CreateTempSubdirectory("facevoice-"); // readable by this user alone
            var socket = Path.Combine(folder.FullName, "s");
            using var rehearsal = engine.BeginRehearsal();
            await using var application = ServerBuilder.BuildRehearsal(socket, engine);
            await application.StartAsync(patience.Token);
            await CallAsync(socket, engine, patience.Token);
            await application.StopAsync(patience.Token);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException or RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Log.NotRehearsed(logger, error);
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    private static async Task CallAsync(string socket, IInferenceEngine engine, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(socket, token) };
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        var embedding = new EmbeddingService.EmbeddingServiceClient(channel);
        var matching = new MatchingService.MatchingServiceClient(channel);
        var models = new ModelService.ModelServiceClient(channel);
        var hasVoices = engine.DimensionOf(Models.EmbeddingSpace.Speaker) is not null;
        var hasHeads = engine.DimensionOf(Models.EmbeddingSpace.Joint) is not null;
        for (var round = 0; round < Rounds; round++)
        {
            var face = new FaceImage { Data = ByteString.CopyFrom(DrawnFace.Jpeg(round)) };
            var voice = new VoiceAudio { Data = ByteString.CopyFrom(SyntheticVowels.Wav(round)) };
            await models.GetModelAsync(new(), cancellationToken: cancellationToken);
            await embedding.EmbedFaceAsync(new() { Face = face, Spaces = { Space.Face } }, cancellationToken: cancellationToken);
            if (hasVoices)
            {
                await embedding.EmbedVoiceAsync(new() { Voice = voice, Spaces = { Space.Speaker } }, cancellationToken: cancellationToken);
            }

            if (hasHeads)
            {
                var request = new MatchRequest { Faces = { new FaceSample { Image = face } }, Voices = { new VoiceSample { Audio = voice } } };
                await matching.MatchAsync(request, cancellationToken: cancellationToken);
            }
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
