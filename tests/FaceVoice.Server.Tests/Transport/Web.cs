using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>gRPC-Web by hand, and gRPC itself as far as <see cref="HttpClient"/> speaks it.</summary>
internal static class Web
{
    public static HttpRequestMessage Request(string path, IMessage? message = null, string? origin = null, bool asText = false)
    {
        var payload = message?.ToByteArray() ?? [];
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);

        var body = asText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)) : frame;
        var request = Request(path, body, asText ? "application/grpc-web-text" : "application/grpc-web+proto");
        if (asText)
        {
            request.Headers.Accept.ParseAdd("application/grpc-web-text"); // without it the answer is binary
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return request;
    }

    public static HttpRequestMessage Request(string path, byte[] body, string contentType = "application/grpc-web")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return request;
    }

    /// <summary>A call over HTTP/2 without encryption.</summary>
    /// <param name="port">Of gRPC.</param>
    /// <param name="path">The method.</param>
    /// <param name="message">A message behind its prefix.</param>
    public static HttpRequestMessage OverHttp2(int port, string path, HttpContent message)
    {
        message.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = message,
        };
    }

    /// <summary>The status of a call over HTTP/2, wherever it stands.</summary>
    public static string Status(HttpResponseMessage answer) =>
        Assert.Single(answer.Headers.TryGetValues("grpc-status", out var early) ? early : answer.TrailingHeaders.GetValues("grpc-status"));

    /// <summary>The bytes of an answer in base64: parts that are padded each by itself.</summary>
    public static byte[] Decode(string text) => [.. text.Chunk(4).SelectMany(four => Convert.FromBase64String(new string(four)))];

    /// <summary>The status in the last frame of an answer.</summary>
    public static string? Status(byte[] body)
    {
        for (var at = 0; at + 5 <= body.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            if (body[at] == 0x80)
            {
                var line = Encoding.ASCII.GetString(body, at + 5, length).Split("\r\n").FirstOrDefault(l => l.StartsWith("grpc-status:", StringComparison.Ordinal));
                return line?["grpc-status:".Length..].Trim();
            }

            at += 5 + length;
        }

        return null;
    }
}
