using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.WarmUp;

/// <summary>
/// A third door of the server, to which no network leads: the calls of the warm-up come through it and go every step that a caller's go,
/// whatever ports, TLS and
/// keys the settings ask for. Thread-safe.
/// </summary>
internal sealed class WarmUpTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>Gets where Kestrel listens for it.</summary>
    public static EndPoint Door { get; } = new DnsEndPoint("warm-up.invalid", 1);

    EndPoint IConnectionListener.EndPoint => Door;

    /// <summary>Whether a request came through this door.</summary>
    public static bool IsOf(HttpContext http) => http.Features.Get<Mark>() is not null;

    public bool CanBind(EndPoint endpoint) => ReferenceEquals(endpoint, Door);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _connections.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_connections.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>A channel into the server.</summary>
    public GrpcChannel OpenChannel()
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, _) => new(Connect()) };
        return GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    private Duplex Connect()
    {
        var (there, back) = (new Pipe(), new Pipe());
        var (server, client) = (new Duplex(there.Reader, back.Writer), new Duplex(back.Reader, there.Writer));
        var connection = new DefaultConnectionContext("warm-up", server, client);
        connection.Features.Set(new Mark());
        return _connections.Writer.TryWrite(connection) ? client : throw new IOException("The server is stopping.");
    }

    private sealed class Mark;

    /// <summary>One end of a connection, for Kestrel as pipes, for HttpClient as a stream.</summary>
    private sealed class Duplex(PipeReader input, PipeWriter output) : Stream, IDuplexPipe
    {
        private readonly Stream _reading = input.AsStream();
        private readonly Stream _writing = output.AsStream();

        public PipeReader Input => input;

        public PipeWriter Output => output;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reading.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _writing.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _writing.FlushAsync(cancellationToken);

        public override void Flush() => _writing.Flush();

        public override int Read(byte[] buffer, int offset, int count) => _reading.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => _writing.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _reading.Dispose();
                _writing.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
