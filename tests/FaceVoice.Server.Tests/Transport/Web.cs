using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>gRPC-Web by hand.</summary>
internal static class Web
{
    public static HttpRequestMessage Request(string path, IMessage? message = null, string? origin = null)
    {
        var payload = message?.ToByteArray() ?? [];
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(frame) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return request;
    }

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
