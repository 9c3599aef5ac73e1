using System.Net;
using System.Net.Http.Headers;
using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Grpc.Protocol;
using Google.Protobuf;

namespace FaceVoice.Grpc.Tests.Calls;

/// <summary>The server as plain HTTP sees it: gRPC-Web, wrong content types, trailers-only answers.</summary>
public sealed class HttpFaceTests
{
    private const string Unary = "/grpc.testing.TestService/UnaryCall";

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text")]
    public async Task GrpcWeb_OverHttp1_AnswersWithTrailerFrame(string contentType)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        var isText = contentType.Contains("text", StringComparison.Ordinal);
        var frame = Frame(new SimpleRequest { ResponseSize = 1000 });

        // Two parts that are padded each by itself are allowed.
        byte[] body = isText ? [.. Base64(frame.AsSpan(0, 4)), .. Base64(frame.AsSpan(4))] : frame;
        using var http = new HttpClient();
        using var response = await http.SendAsync(Post(server.HttpAddress, Unary, body, contentType));
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (isText)
        {
            answer = DecodeParts(System.Text.Encoding.ASCII.GetString(answer));
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, answer[0]);
        var length = (answer[3] << 8) | answer[4];
        Assert.Equal(1000, SimpleResponse.Parser.ParseFrom(answer, 5, length).Payload.Body.Length);
        Assert.Equal(0x80, answer[5 + length]);
        Assert.Contains("grpc-status: 0\r\n", System.Text.Encoding.ASCII.GetString(answer, 5 + length + 5, answer.Length - 5 - length - 5));
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("application/grpc", 426)]
    public async Task Http1_NotGrpcWeb_IsRefused(string contentType, int status)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var http = new HttpClient();
        using var response = await http.SendAsync(Post(server.HttpAddress, Unary, [], contentType));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Error_BeforeAnyMessage_IsTrailersOnly()
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        using var request = Post(server.GrpcAddress, Unary, Frame(new SimpleRequest { ResponseStatus = new EchoStatus { Code = 5, Message = "a b" } }), "application/grpc");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("a b", response.Headers.GetValues("grpc-message").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Empty(response.TrailingHeaders);
    }

    [Theory]
    [InlineData(new byte[] { }, "13")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "13")] // two messages
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 255 }, "13")] // not protobuf
    [InlineData(new byte[] { 7, 1, 2, 3, 4, 5, 6 }, "13")]
    [InlineData(new byte[] { 0, 127, 255, 255, 255 }, "8")]
    public async Task Body_Malformed_HasItsStatus(byte[] body, string status)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var http = new HttpClient();
        using var response = await http.SendAsync(Post(server.HttpAddress, Unary, body, "application/grpc-web"));

        Assert.Equal(status, response.Headers.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("grpc-timeout", "soon", "13")]
    [InlineData("grpc-encoding", "snappy", "12")]
    public async Task Header_Malformed_HasItsStatus(string name, string value, string status)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var http = new HttpClient();
        using var request = Post(server.HttpAddress, Unary, Frame(new SimpleRequest()), "application/grpc-web");
        request.Headers.Add(name, value);
        using var response = await http.SendAsync(request);

        Assert.Equal(status, response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("identity,gzip", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    private static HttpRequestMessage Post(Uri server, string path, byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return new HttpRequestMessage(HttpMethod.Post, new Uri(server, path)) { Content = content };
    }

    private static byte[] Frame(IMessage message)
    {
        var payload = message.ToByteArray();
        return [0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }

    private static byte[] Base64(ReadOnlySpan<byte> bytes) => System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    private static byte[] DecodeParts(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i += 4)
        {
            bytes.AddRange(Convert.FromBase64String(text.Substring(i, 4)));
        }

        return [.. bytes];
    }
}
