using System.Net.Sockets;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>
/// No form of <c>grpc-timeout</c> lets a call run longer than the settings allow: what the transport cannot read it would take for no
/// deadline at all.
/// </summary>
public sealed class DeadlineTests
{
    private const string EmbedFace = "/facevoice.v1.EmbeddingService/EmbedFace";

    private static readonly string?[] Timeouts =
        [null, "", "soon", "0S", "00000000n", "-1S", "1.5S", "+1S", "5", "S", "1s", "123456789S", "99999999H", "1H, 1H"];

    [Fact]
    public async Task Call_WhateverItsTimeout_EndsWithinTheCap()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.3);
        using var http = new HttpClient();
        var ends = await Task.WhenAll(Timeouts.Select(async timeout => (timeout, Status: await StatusAsync(http, server, timeout))));
        Assert.All(ends, end => Assert.Equal((end.timeout, "4"), end));
    }

    [Theory]
    [InlineData("1H", "1H")]
    [InlineData("1H", "")]
    [InlineData("१S")] // a digit, but not one of ASCII
    public async Task Call_WithTimeoutsThatNoClientSends_EndsWithinTheCap(params string[] timeouts)
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.3);
        var message = new EmbedFaceRequest { Face = TestServer.Face("slow") }.ToByteArray();
        var connections = new List<TcpClient>(); // they stay open: what ends the work is the cap alone
        while (!server.Engine.SlowStarted.Task.IsCompleted)
        {
            // On a busy machine the cap may be over before the work has begun.
            connections.Add(await RawHttp2.SendAsync(server.Server.GrpcPort, EmbedFace, message, [.. timeouts.Select(timeout => ("grpc-timeout", timeout))]));
            await Task.WhenAny(server.Engine.SlowStarted.Task, Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        }

        await server.Engine.UntilDroppedAsync(1);
        connections.ForEach(connection => connection.Dispose());
    }

    [Theory]
    [InlineData("100m", "100m")]
    [InlineData("1500u", "2m")]
    [InlineData("1n", "1m")]
    [InlineData("0S", "1m")]
    [InlineData("59S", "59000m")]
    [InlineData("2M", "60000m")]
    [InlineData("nonsense", "60000m")]
    public void Within_ATimeout_IsTheCallersOrTheCap(string asked, string expected) => Assert.Equal(expected, CallDeadline.Within(TimeSpan.FromSeconds(60), asked));

    [Fact]
    public void Within_SeveralTimeouts_IsTheCap() => Assert.Equal("60000m", CallDeadline.Within(TimeSpan.FromSeconds(60), new(["1S", "1S"])));

    private static async Task<string> StatusAsync(HttpClient http, TestServer server, string? timeout)
    {
        using var request = Web.OverHttp2(server.Server.GrpcPort, EmbedFace, Web.Request(EmbedFace, new EmbedFaceRequest { Face = TestServer.Face("slow") }).Content!);
        if (timeout is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return Web.Status(answer);
    }
}
