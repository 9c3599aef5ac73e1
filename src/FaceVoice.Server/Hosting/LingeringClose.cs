using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace FaceVoice.Server.Hosting;

/// <summary>
/// Lets the caller be the first to close an HTTP/2 connection. Kestrel closes it in the moment that its last stream has ended; an HTTP
/// client that reads the end of
/// the connection right behind the last status takes every stream whose request is still open for broken, and loses that status
/// (SocketsHttpHandler then says
/// INTERNAL), and a socket that is closed while bytes still arrive takes back what was sent. After GOAWAY callers close by themselves, once
/// they have heard it all.
/// </summary>
internal static class LingeringClose
{
    /// <summary>How long a caller may take to close; those who hear nothing never do.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Adds it to an endpoint, after TLS.</summary>
    public static void UseLingeringClose(this ListenOptions options)
    {
        var isHttp2Only = options.Protocols == HttpProtocols.Http2;
        options.Use(next => connection =>
        {
            var agreed = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
            return isHttp2Only || agreed.Span.SequenceEqual("h2"u8) ? RunAsync(next, connection) : next(connection);
        });
    }

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var transport = connection.Transport;
        connection.Transport = new OpenEnded(transport);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }

        using var patience = new CancellationTokenSource(Longest);
        try
        {
            ReadResult read;
            do
            {
                read = await transport.Input.ReadAsync(patience.Token);
                transport.Input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted && !read.IsCanceled);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Reset, aborted or too slow: it is over all the same.
        }
    }

    /// <summary>A transport that stays open when those who use it are done with it.</summary>
    private sealed class OpenEnded(IDuplexPipe transport) : IDuplexPipe
    {
        public PipeReader Input { get; } = new Reader(transport.Input);

        public PipeWriter Output { get; } = new Writer(transport.Output);
    }

    private sealed class Reader(PipeReader inner) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }

    private sealed class Writer(PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(source, cancellationToken);
    }
}
