using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Encodes the body of a gRPC-Web text response: each flush becomes one padded base64 part.</summary>
internal sealed class Base64ResponseWriter(PipeWriter destination) : PipeWriter, IDisposable
{
    private readonly PooledBuffer _pending = new();

    public override void Advance(int bytes) => _pending.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _pending.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _pending.GetSpan(sizeHint);

    public override void CancelPendingFlush() => destination.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => Dispose();

    public void Dispose() => _pending.Dispose();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_pending.Length > 0)
        {
            var text = destination.GetSpan(Base64.GetMaxEncodedToUtf8Length(_pending.Length));
            Base64.EncodeToUtf8(_pending.WrittenSpan, text, out _, out var written);
            destination.Advance(written);
            _pending.Clear();
        }

        return destination.FlushAsync(cancellationToken);
    }
}
