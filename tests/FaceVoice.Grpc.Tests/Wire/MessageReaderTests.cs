using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace FaceVoice.Grpc.Tests.Wire;

public sealed class MessageReaderTests
{
    [Fact]
    public async Task ReadAsync_CutAtEveryByte_GivesTheSameMessages()
    {
        byte[] body = [.. Frame([1, 2, 3]), .. Frame([]), .. Frame([9])];
        for (var cut = 0; cut <= body.Length; cut++)
        {
            var pipe = new Pipe();
            var reading = ReadAllAsync(new MessageReader(pipe.Reader, 100, null));
            await pipe.Writer.WriteAsync(body.AsMemory(0, cut), TestContext.Current.CancellationToken);
            await pipe.Writer.WriteAsync(body.AsMemory(cut), TestContext.Current.CancellationToken);
            await pipe.Writer.CompleteAsync();

            Assert.Equal([[1, 2, 3], [], [9]], await reading);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 3, 1, 2 }, StatusCode.Internal)] // ends inside a message
    [InlineData(new byte[] { 0, 0 }, StatusCode.Internal)] // ends inside a header
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, StatusCode.Internal)] // unknown flag
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, StatusCode.Internal)] // compressed, but no encoding named
    [InlineData(new byte[] { 0, 0, 0, 0, 101 }, StatusCode.ResourceExhausted)] // announces too much
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, StatusCode.ResourceExhausted)]
    public async Task ReadAsync_Malformed_HasItsStatus(byte[] body, StatusCode expected)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(new MessageReader(PipeReader.Create(new ReadOnlySequence<byte>(body)), 100, null)));

        Assert.Equal(expected, error.StatusCode);
    }

    [Fact]
    public async Task ReadAsync_BombOfZeros_StopsAtTheLimit()
    {
        using var compressed = new PooledBuffer();
        GzipCodec.Compress(new byte[50_000_000], compressed, CompressionLevel.Optimal);
        byte[] body = [.. Frame(compressed.WrittenSpan, FrameHeader.Compressed)];
        Assert.True(body.Length < 100_000);

        var error = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(new MessageReader(PipeReader.Create(new ReadOnlySequence<byte>(body)), 100_000, "gzip")));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task ReadAsync_BadGzip_IsInternal()
    {
        byte[] body = [.. Frame([1, 2, 3, 4], FrameHeader.Compressed)];

        var error = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(new MessageReader(PipeReader.Create(new ReadOnlySequence<byte>(body)), 100, "gzip")));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Fact]
    public async Task ReadAsync_ParserFails_IsInternal()
    {
        var reader = new MessageReader(PipeReader.Create(new ReadOnlySequence<byte>(Frame([1]))), 100, null);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync<string>(_ => throw new FormatException(), CancellationToken.None));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    private static byte[] Frame(ReadOnlySpan<byte> payload, byte flag = 0)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        FrameHeader.Write(frame, flag, payload.Length);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    private static async Task<List<byte[]>> ReadAllAsync(MessageReader reader)
    {
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(context => context.PayloadAsNewBuffer(), CancellationToken.None) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }
}
