using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>Requests that are no gRPC, or too much of it: each has the status that gRPC gives it, and none is an incident.</summary>
public sealed class MalformedRequestTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Unary = "/facevoice.v1.EmbeddingService/EmbedFace";
    private const string Duplex = "/facevoice.v1.EmbeddingService/EmbedStream";

    public static TheoryData<string, string, string?, string> Bodies
    {
        get
        {
            var data = new TheoryData<string, string, string?, string>();
            foreach (var path in new[] { Unary, Duplex })
            {
                data.Add(path, "0700000001ff", null, "13"); // a compression flag that does not exist
                data.Add(path, "00ffffffff", null, "8"); // a length of 4 GiB
                data.Add(path, "007fffffff", null, "8"); // a length of 2 GiB
                data.Add(path, "000000000affff", null, "13"); // cut off
                data.Add(path, "0000000003ffffff", null, "13"); // not protobuf
                data.Add(path, "00000000020aff", null, "13"); // a field that is longer than the message
                data.Add(path, "000000000c08ffffffffffffffffffffff", null, "13"); // a number that does not end
                data.Add(path, "0100000003ffffff", "gzip", "13"); // not gzip
                data.Add(path, "0100000003ffffff", null, "13"); // compressed by nobody knows what
                data.Add(path, "0100000003ffffff", "snappy", "12");
            }

            data.Add(Unary, "", null, "13"); // no message
            data.Add(Unary, "00000000000000000000", null, "13"); // two of them
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Malformed_HasItsStatusAndIsNoIncident(string path, string hex, string? encoding, string status)
    {
        var server = shared.Server;
        var (code, message) = await SendAsync(server, path, Convert.FromHexString(hex), encoding);
        Assert.Equal(status, code);
        Assert.DoesNotContain("incident", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("CodedInputStream", message, StringComparison.Ordinal); // nor any other type of .NET
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
        await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") });
    }

    [Fact]
    public async Task Message_NestedWithoutEnd_IsRefusedInWordsOfTheProtocol()
    {
        await using var server = await TestServer.StartAsync();
        var filter = new Filter { Keyword = new KeywordCondition { Key = "a", Values = { "b" } } };
        for (var i = 0; i < 150; i++)
        {
            filter = new Filter { Not = filter };
        }

        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await server.Index.ListAsync(new ListRequest { Filter = filter }));
        Assert.EndsWith("too many levels of nesting.", error.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<(string Status, string Message)> SendAsync(TestServer server, string path, byte[] body, string? encoding)
    {
        using var http = new HttpClient();
        using var request = Web.OverHttp2(server.Server.GrpcPort, path, new ByteArrayContent(body));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var headers = answer.Headers.Contains("grpc-status") ? answer.Headers : answer.TrailingHeaders;
        return (Web.Status(answer), headers.TryGetValues("grpc-message", out var message) ? message.Single() : "");
    }
}
