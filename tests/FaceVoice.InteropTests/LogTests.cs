using System.Globalization;
using System.Text.Json;
using FaceVoice.Protocol.V1;
using FaceVoice.Server;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Models;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.InteropTests;

/// <summary>What a session with a server leaves in its log.</summary>
[Collection(ServerCollection.Name)]
public sealed class LogTests
{
    [Fact]
    public async Task JsonLogs_OfASession_AreLinesWithTheirTimeAndHoldNeitherKeyNorMediaNorEmbedding()
    {
        using var folder = new TemporaryFolder();
        RandomSpeakerBundle.Create(folder.File("model"));
        var key = ApiKeys.Add(folder.File("keys.json"), "tests");
        await using var server = await ServerProcess.StartAsync(
            "--model", folder.File("model"), "--index", folder.File("index"), "--api-keys", folder.File("keys.json"), "--set", "Telemetry:JsonLogs=true", "--log-level", "Debug");
        using var channel = server.Connect();
        var invoker = ServerProcess.WithKey(channel, key);
        var embedding = new EmbeddingService.EmbeddingServiceClient(invoker);
        var answer = await embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(3) });
        await new IndexService.IndexServiceClient(invoker).EnrollAsync(new EnrollRequest { RequestId = "log-1", Identity = "secret person", Voices = { RealMedia.VoiceSample(3) } });
        await Assert.ThrowsAsync<RpcException>(async () => await embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = new FaceImage { Data = ByteString.CopyFromUtf8("secret media") } }));
        await Assert.ThrowsAsync<RpcException>(async () => await new EmbeddingService.EmbeddingServiceClient(channel).EmbedFaceAsync(new EmbedFaceRequest()));
        server.Terminate();
        Assert.Equal(0, await server.WaitForExitAsync());

        var lines = server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 5, 200);
        foreach (var line in lines)
        {
            using var entry = JsonDocument.Parse(line);
            Assert.True(DateTimeOffset.TryParse(entry.RootElement.GetProperty("Timestamp").GetString(), CultureInfo.InvariantCulture, out _), line);
            Assert.True(line.Length < 1000, line);
        }

        foreach (var secret in new[] { key, "secret", Convert.ToBase64String(RealMedia.Face(3).Data.Span[..30]), answer.Embeddings[0].Values[0].ToString(CultureInfo.InvariantCulture) })
        {
            Assert.DoesNotContain(secret, server.Log, StringComparison.Ordinal);
        }
    }
}
