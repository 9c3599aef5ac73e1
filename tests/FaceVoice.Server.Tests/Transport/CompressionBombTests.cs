using System.IO.Compression;
using FaceVoice.Server.Tests.Fakes;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>What is allocated is counted for the whole process: nothing else may run beside it.</summary>
[CollectionDefinition(nameof(CompressionBombTests), DisableParallelization = true)]
[Collection(nameof(CompressionBombTests))]
public sealed class CompressionBombTests
{
    [Fact]
    public async Task Bomb_Gzipped200MebibytesInALimitOf16_IsRefusedBeforeItIsUnpacked()
    {
        await using var server = await TestServer.StartAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++)
            {
                await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
            }
        }

        var length = (int)packed.Length;
        byte[] body = [1, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. packed.ToArray()];
        using var http = new HttpClient();
        foreach (var method in new[] { "EmbedFace", "EmbedStream" })
        {
            using var request = Web.OverHttp2(server.Server.GrpcPort, "/facevoice.v1.EmbeddingService/" + method, new ByteArrayContent(body));
            request.Headers.Add("grpc-encoding", "gzip");
            var before = GC.GetTotalAllocatedBytes();
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal("8", Web.Status(answer));
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 80L << 20);
        }
    }
}
