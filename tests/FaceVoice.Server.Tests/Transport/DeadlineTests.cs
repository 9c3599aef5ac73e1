using System.Net;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>No form of <c>grpc-timeout</c> lets a call run longer than the settings allow: what the transport cannot read it would take for no deadline at all.</summary>
public sealed class DeadlineTests
{
    private const string EmbedFace = "/facevoice.v1.EmbeddingService/EmbedFace";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("0S")]
    [InlineData("00000000n")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("+1S")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    [InlineData("99999999H")]
    [InlineData("1H, 1H")]
    public async Task Call_WhateverItsTimeout_EndsWithinTheCap(string? timeout)
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.3);
        using var http = new HttpClient();
        using var request = Web.Request(EmbedFace, new EmbedFaceRequest { Face = TestServer.Face("slow") });
        request.RequestUri = new Uri($"http://127.0.0.1:{server.Server.GrpcPort}{EmbedFace}");
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Content!.Headers.ContentType = new("application/grpc");
        if (timeout is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("4", Assert.Single(answer.Headers.TryGetValues("grpc-status", out var early) ? early : answer.TrailingHeaders.GetValues("grpc-status")));
    }

    [Theory]
    [InlineData("1H", "1H")]
    [InlineData("1H", "")]
    [InlineData("१S")] // a digit, but not one of ASCII
    public async Task Call_WithTimeoutsThatNoClientSends_EndsWithinTheCap(params string[] timeouts)
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.3);
        var message = new EmbedFaceRequest { Face = TestServer.Face("slow") }.ToByteArray();
        using var connection = await RawHttp2.SendAsync(server.Server.GrpcPort, EmbedFace, message, [.. timeouts.Select(timeout => ("grpc-timeout", timeout))]);
        await server.Engine.UntilDroppedAsync(1);
        await server.UntilMetricsAsync(text => text.Contains("facevoice_calls_total{code=\"4\"", StringComparison.Ordinal));
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
}
