using System.Net;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>gRPC-Web from pages of other origins, on the HTTP port.</summary>
public sealed class WebTests
{
    private const string Known = "https://app.example.org";
    private const string EmbedFace = "/facevoice.v1.EmbeddingService/EmbedFace";

    [Fact]
    public async Task Preflight_KnownOrigin_IsAllowedAndUnknownIsNot()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Access.AllowedOrigins = Known);
        foreach (var (origin, isAllowed) in new[] { (Known, true), ("https://evil.example.org", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, EmbedFace);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "content-type,x-grpc-web,authorization");
            using var answer = await server.Http.SendAsync(request);
            Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
            if (isAllowed)
            {
                Assert.Equal(Known, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
                Assert.Contains("authorization", string.Join(',', answer.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task Call_FromAKnownOrigin_ShowsTheStatusToThePage()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Access.AllowedOrigins = Known);
        using var answer = await server.Http.SendAsync(Web.Request(EmbedFace, new EmbedFaceRequest { Face = TestServer.Face("face:a") }, Known));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("grpc-status", string.Join(',', answer.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("0", Web.Status(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task Call_WithoutAKey_IsRefusedInTheTermsOfGrpcWeb()
    {
        await using var server = await TestServer.StartAsync((settings, test) =>
        {
            settings.Access.ApiKeyFile = Path.Combine(test.Scratch, "keys.json");
            ApiKeys.Add(settings.Access.ApiKeyFile, "tests");
        });
        using var answer = await server.Http.SendAsync(Web.Request(EmbedFace, new EmbedFaceRequest { Face = TestServer.Face("face:a") }));
        Assert.Equal("16", Assert.Single(answer.Headers.GetValues("grpc-status")));
    }

    [Fact]
    public async Task Call_AsText_IsAnsweredAsText()
    {
        await using var server = await TestServer.StartAsync();
        using var request = Web.Request(EmbedFace, new EmbedFaceRequest { Face = TestServer.Face("face:a") }, asText: true);
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal("application/grpc-web-text", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(Web.Status(Web.Decode(text)) == "0", $"{answer} {text}");
    }

    [Theory]
    [InlineData(EmbedFace, "0000000003ffffff", "13")] // not protobuf
    [InlineData("/facevoice.v1.EmbeddingService/NoSuchMethod", "0000000000", "12")]
    public async Task Call_Malformed_HasItsStatus(string path, string body, string status)
    {
        await using var server = await TestServer.StartAsync();
        using var request = Web.Request(path, Convert.FromHexString(body));
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, status), (answer.StatusCode, Assert.Single(answer.Headers.GetValues("grpc-status"))));
    }
}
