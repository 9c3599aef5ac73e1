using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Decodes the body of a gRPC-Web text request: base64, possibly in several parts that are each padded by itself.</summary>
internal sealed class Base64RequestReader(PipeReader source) : Stream
{
    private readonly byte[] _decoded = new byte[3 * 1024];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _end)
        {
            var result = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
            var available = result.Buffer;
            var usable = Math.Min(available.Length / 4 * 4, _decoded.Length / 3 * 4);
            if (usable == 0 && result.IsCompleted)
            {
                source.AdvanceTo(available.End);
                return available.IsEmpty ? 0 : throw new RpcException(new Status(StatusCode.Internal, "The base64 body ends inside a group of four."));
            }

            var part = available.Slice(0, usable);
            try
            {
                Decode(part);
            }
            finally
            {
                source.AdvanceTo(part.End, usable == 0 ? available.End : part.End);
            }
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _decoded.AsSpan(_start, count).CopyTo(buffer.Span);
        _start += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Decode(in ReadOnlySequence<byte> text)
    {
        _start = _end = 0;
        Span<byte> group = stackalloc byte[4];
        for (var rest = text; rest.Length >= 4; rest = rest.Slice(4))
        {
            // Group by group, because padding may stand between the parts.
            rest.Slice(0, 4).CopyTo(group);
            if (Base64.DecodeFromUtf8(group, _decoded.AsSpan(_end), out _, out var written) != OperationStatus.Done)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The body is not valid base64."));
            }

            _end += written;
        }
    }
}
