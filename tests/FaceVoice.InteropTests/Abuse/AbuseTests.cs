using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing.Grpc;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FaceVoice.InteropTests.Abuse;

/// <summary>Callers who mean harm, or whose network does. After each of them the server answers others, and nothing is left running.</summary>
[Collection(ServerCollection.Name)]
public sealed class AbuseTests(ServerFixture fixture)
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task RandomBytes_OnAPort_HarmNobody(bool isGrpcPort, bool withPreface)
    {
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, isGrpcPort ? fixture.Server.GrpcPort : fixture.Server.HttpPort);
            var bytes = new byte[random.Next(1, 4000)];
            random.NextBytes(bytes);
            await SendAsync(client, withPreface ? [.. Preface, .. bytes] : bytes);
        }

        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Http2Frames_Malformed_HarmNobody()
    {
        var random = new Random(8);
        for (var i = 0; i < 120; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, fixture.Server.GrpcPort);
            var bytes = new List<byte>(Preface);
            bytes.AddRange(Frame(4, 0, 0, [])); // proper settings first, so that what follows is looked at
            for (var frame = 0; frame < 5; frame++)
            {
                var payload = new byte[random.Next(0, 200)];
                random.NextBytes(payload);
                bytes.AddRange(Frame((byte)random.Next(0, 11), (byte)random.Next(256), random.Next(0, 9), payload));
            }

            await SendAsync(client, [.. bytes]);
        }

        await RequireHealthyAsync();
    }

    [Theory]
    [InlineData("0700000001ff", "13")]
    [InlineData("00ffffffff", "8")]
    [InlineData("000000000affff", "13")]
    [InlineData("0000000003ffffff", "13")]
    [InlineData("", "13")]
    public async Task GrpcFrame_Malformed_HasItsStatus(string hex, string status)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{fixture.Server.GrpcPort}/facevoice.v1.EmbeddingService/EmbedFace")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Convert.FromHexString(hex)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(fixture.KeyFile)).Trim());
        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        var headers = answer.Headers.TryGetValues("grpc-status", out var early) ? early : answer.TrailingHeaders.GetValues("grpc-status");
        Assert.Equal(status, Assert.Single(headers));
        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Body_SlowerThanAnyNetwork_IsCutOff()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{fixture.Server.GrpcPort}/facevoice.v1.EmbeddingService/EmbedFace")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new TrickleContent(),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(fixture.KeyFile)).Trim());
        var sending = http.SendAsync(request);
        Assert.Same(sending, await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(30))));
        if (!sending.IsFaulted)
        {
            using var answer = await sending; // cut off with a status: as good
            Assert.NotEqual("0", answer.Headers.TryGetValues("grpc-status", out var status) ? status.Single() : "none");
        }

        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Streams_MoreThanAreTaken_AreRefusedAndTheRestGoOn()
    {
        using var leave = new CancellationTokenSource();
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var calls = Enumerable.Range(0, 600).Select(_ => client.EmbedStream(cancellationToken: leave.Token)).ToList();
        var refused = (await Task.WhenAll(calls.Select(IsRefusedAsync))).Count(isRefused => isRefused);
        Assert.True(refused >= 600 - 256, $"{refused} were refused");
        await leave.CancelAsync();
        calls.ForEach(call => call.Dispose());
        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Calls_OpenedAndResetAtOnce_LeaveNothingBehind()
    {
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var request = new EmbedFaceRequest { Face = RealMedia.Face(60) };
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var leave = new CancellationTokenSource();
            using var call = client.EmbedFaceAsync(request, cancellationToken: leave.Token);
            if (i % 2 == 0)
            {
                await Task.Yield();
            }

            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await call;
                throw new OperationCanceledException("answered before it was cancelled");
            });
        });
        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Bombs_PicturesAndSoundsThatClaimTooMuch_AreRefusedAtOnce()
    {
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var before = fixture.Server.ResidentBytes;
        foreach (var media in new[] { Png(60_000, 60_000), Png(7_000, 7_000), Png(1, 2_000_000_000) })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EmbedFaceAsync(new EmbedFaceRequest { Face = new FaceImage { Data = media } }, deadline: DateTime.UtcNow.AddSeconds(20)));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        }

        foreach (var media in new[] { Wav(uint.MaxValue, 16_000), Wav(100, 4_000_000_000), Wav(3600 * 32_000, 16_000) })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EmbedVoiceAsync(new EmbedVoiceRequest { Voice = new VoiceAudio { Data = media } }, deadline: DateTime.UtcNow.AddSeconds(20)));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        }

        Assert.True(fixture.Server.ResidentBytes - before < 200L << 20, "a bomb took memory");
        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Keys_Wrong_AreAllRefused()
    {
        var random = new Random(9);
        await Parallel.ForAsync(0, 300, async (i, _) =>
        {
            string key;
            lock (random)
            {
                key = "fv_" + Convert.ToBase64String(Enumerable.Range(0, i % 200).Select(_ => (byte)random.Next(256)).ToArray());
            }

            var client = new ModelService.ModelServiceClient(ServerProcess.WithKey(fixture.Channel, key));
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await client.GetModelAsync(new GetModelRequest()))).StatusCode);
        });
        await RequireHealthyAsync();
        Assert.DoesNotContain("fv_", fixture.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadlines_TooShortForTheWork_OnlyEverEndThatWay()
    {
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var codes = await Task.WhenAll(Enumerable.Range(0, 150).Select(async i =>
        {
            try
            {
                await client.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(70 + i) }, deadline: DateTime.UtcNow.AddMilliseconds(i));
                return StatusCode.OK;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }));
        Assert.All(codes, code => Assert.True(code is StatusCode.OK or StatusCode.DeadlineExceeded, $"{code}"));
        await RequireHealthyAsync();
    }

    [Fact]
    public async Task Clients_ThatVanishInTheMiddle_LeaveNothingBehind()
    {
        var request = new EmbedVoiceRequest { Voice = RealMedia.Voice(21), Spaces = { Space.Speaker } };
        for (var i = 0; i < 20; i++)
        {
            var channel = fixture.Server.Connect();
            var client = new EmbeddingService.EmbeddingServiceClient(ServerProcess.WithKey(channel, (await File.ReadAllTextAsync(fixture.KeyFile)).Trim()));
            using var call = client.EmbedVoiceAsync(request);
            using var stream = client.EmbedStream();
            await stream.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = RealMedia.Face(300 + i) });
            await Task.Delay(i);
            channel.Dispose();
        }

        await RequireHealthyAsync();
    }

    /// <summary>Whether the server refuses the stream; one that it has opened waits for requests.</summary>
    private static async Task<bool> IsRefusedAsync(AsyncDuplexStreamingCall<EmbedStreamRequest, EmbedStreamResponse> call)
    {
        try
        {
            await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
            return false;
        }
        catch (RpcException e)
        {
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task SendAsync(TcpClient client, byte[] bytes)
    {
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            var answer = new byte[4096];
            while (await stream.ReadAsync(answer, patience.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server hung up, or waits for more: both are its right.
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>The head of a PNG file of a size, and a little of its data.</summary>
    private static ByteString Png(int width, int height)
    {
        var file = new List<byte> { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a };
        var head = new byte[17];
        Encoding.ASCII.GetBytes("IHDR").CopyTo(head, 0);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(8), height);
        (head[12], head[13]) = (8, 2);
        AddChunk(file, head);
        AddChunk(file, [.. Encoding.ASCII.GetBytes("IDAT"), 0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x00, 0x00, 0x00, 0x04, 0x00, 0x01]);
        AddChunk(file, Encoding.ASCII.GetBytes("IEND"));
        return ByteString.CopyFrom([.. file]);
    }

    private static void AddChunk(List<byte> file, byte[] typeAndData)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, typeAndData.Length - 4);
        file.AddRange(number);
        file.AddRange(typeAndData);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(typeAndData));
        file.AddRange(number);
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    /// <summary>The head of a WAV file that claims so many bytes of data at a rate, and no data.</summary>
    private static ByteString Wav(uint dataBytes, uint rate)
    {
        var head = new byte[44];
        Encoding.ASCII.GetBytes("RIFF").CopyTo(head, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), uint.MaxValue);
        Encoding.ASCII.GetBytes("WAVEfmt ").CopyTo(head, 8);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(24), rate);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(28), rate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(34), 16);
        Encoding.ASCII.GetBytes("data").CopyTo(head, 36);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(40), dataBytes);
        return ByteString.CopyFrom(head);
    }

    private async Task RequireHealthyAsync()
    {
        // What was cancelled may still be on its way to the server, and holds a place until it is there.
        for (var i = 0; ; i++)
        {
            var (running, queued) = (await fixture.Server.MetricAsync("facevoice_calls_running"), await fixture.Server.MetricAsync("facevoice_queue_length"));
            if (running == 0 && queued == 0)
            {
                break;
            }

            Assert.True(i < 200, $"{running} calls and {queued} pieces of work are left");
            await Task.Delay(50);
        }

        // A new connection, as someone else would make it.
        using var channel = fixture.Server.Connect();
        var client = new EmbeddingService.EmbeddingServiceClient(ServerProcess.WithKey(channel, (await File.ReadAllTextAsync(fixture.KeyFile)).Trim()));
        Assert.Equal(256, (await client.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(0) })).Embeddings[0].Values.Count);

        // A failure of the server's own is logged once; the lines say which.
        string[] signs = ["Incident", "Unhandled", " fail: "];
        var lines = fixture.Server.Log.Split('\n');
        var first = Array.FindIndex(lines, line => signs.Any(sign => line.Contains(sign, StringComparison.OrdinalIgnoreCase)));
        Assert.True(first < 0, first < 0 ? "" : string.Join('\n', lines.Skip(first).Take(40)));
    }

    /// <summary>A body that promises a megabyte and sends a byte a second.</summary>
    private sealed class TrickleContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 0, 0, 16, 0, 0 });
            while (true)
            {
                await stream.WriteAsync(new byte[1]);
                await stream.FlushAsync();
                await Task.Delay(1000);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
