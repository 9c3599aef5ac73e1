using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>Frames of HTTP/2 by hand, for requests that no client sends: a header given twice, a header of bytes that are not ASCII.</summary>
internal static class RawHttp2
{
    private const byte Data = 0, Headers = 1, Settings = 4;
    private const byte EndStream = 1, EndHeaders = 4;

    /// <summary>Sends one gRPC request and leaves its connection open; nothing is ever read from it.</summary>
    public static Task<TcpClient> SendAsync(int port, string path, byte[] message, params (string Name, string Value)[] headers) =>
        SendAsync(port, path, message, ends: true, headers);

    /// <summary>The same; where the request does not end, it is a stream that stays open.</summary>
    public static async Task<TcpClient> SendAsync(int port, string path, byte[] message, bool ends, params (string Name, string Value)[] headers)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var block = new List<byte>();
        foreach (var (name, value) in new[] { (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers") }.Concat(headers))
        {
            // A literal that is not indexed, with a name of its own and without Huffman's code (RFC 7541, 6.2.2).
            block.Add(0);
            Append(block, Encoding.ASCII.GetBytes(name));
            Append(block, Encoding.UTF8.GetBytes(value));
        }

        var body = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, 5);
        byte[] bytes =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, []), .. Frame(Headers, EndHeaders, 1, [.. block]), .. Frame(Data, ends ? EndStream : (byte)0, 1, body),
        ];
        await client.GetStream().WriteAsync(bytes);
        return client;
    }

    private static void Append(List<byte> block, byte[] text)
    {
        Assert.InRange(text.Length, 0, 126); // one byte holds the length
        block.Add((byte)text.Length);
        block.AddRange(text);
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
