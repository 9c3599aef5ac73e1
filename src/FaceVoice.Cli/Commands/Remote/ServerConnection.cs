using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FaceVoice.Cli.Terminal;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using Grpc.Core;
using Grpc.Net.Client;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Speaks to a running server: with its key, within a deadline, and again where the server was busy. Thread-safe.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const string KeyVariable = "FACEVOICE_API_KEY";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly GrpcChannel _channel;
    private readonly Metadata _metadata = [];

    private ServerConnection(GrpcChannel channel, string? key)
    {
        _channel = channel;
        if (key is not null)
        {
            _metadata.Add("authorization", $"Bearer {key}");
        }

        Embedding = new EmbeddingService.EmbeddingServiceClient(channel);
        Matching = new MatchingService.MatchingServiceClient(channel);
        Index = new IndexService.IndexServiceClient(channel);
        Model = new ModelService.ModelServiceClient(channel);
    }

    public EmbeddingService.EmbeddingServiceClient Embedding { get; }

    public MatchingService.MatchingServiceClient Matching { get; }

    public IndexService.IndexServiceClient Index { get; }

    public ModelService.ModelServiceClient Model { get; }

    /// <summary>Makes a connection; it is opened with the first call.</summary>
    /// <exception cref="UsageException">The address or a file cannot be used.</exception>
    public static ServerConnection Open(string server, string? keyFile, string? authorityFile, string? certificateFile, string? certificateKeyFile)
    {
        var address = AddressOf(server, hasTls: authorityFile is not null || certificateFile is not null);
        var key = keyFile is not null ? File.ReadAllText(keyFile).Trim() : Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } text ? text.Trim() : null;
        if (key is { Length: 0 } || key?.Any(c => c is <= ' ' or > '~') == true)
        {
            throw new UsageException($"{keyFile ?? KeyVariable} does not hold an API key: one line of text is needed, as 'facevoice keys add' writes it.");
        }

        if (key is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            Console.Error.WriteLine($"facevoice: warning: the API key and the media go to {address.Authority} without encryption; use https:// where the server has a certificate.");
        }

        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            SslOptions = Tls(authorityFile, certificateFile, certificateKeyFile),
        };
        return new ServerConnection(GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null }), key);
    }

    /// <summary>Makes a call, again where the server says that it is busy and when to come back.</summary>
    /// <exception cref="RpcException">The server refused, or cannot be reached.</exception>
    public async Task<TResponse> CallAsync<TResponse>(Func<CallOptions, AsyncUnaryCall<TResponse>> call, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                using var running = call(new CallOptions(_metadata, deadline, cancellationToken));
                return await running.ResponseAsync;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (RpcException e) when (Pause(e) is { } pause && DateTime.UtcNow + pause < deadline)
            {
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    public void Dispose() => _channel.Dispose();

    private static TimeSpan? Pause(RpcException error) =>
        error.StatusCode is StatusCode.ResourceExhausted or StatusCode.Unavailable
        && error.Trailers.GetValue(GrpcAnswer.RetryAfter) is { } hint
        && int.TryParse(hint, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    private static Uri AddressOf(string server, bool hasTls)
    {
        var text = server.Contains("://", StringComparison.Ordinal) ? server : $"{(hasTls ? "https" : "http")}://{server}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0 || address.PathAndQuery != "/")
        {
            throw new UsageException($"--server {server}: host:port, http://host:port or https://host:port is needed.");
        }

        return hasTls && address.Scheme == "http" ? throw new UsageException($"--server {server}: certificates go with https://.") : address;
    }

    private static SslClientAuthenticationOptions Tls(string? authorityFile, string? certificateFile, string? certificateKeyFile)
    {
        if (certificateFile is null != certificateKeyFile is null)
        {
            throw new UsageException("--client-certificate and --client-key go together.");
        }

        var options = new SslClientAuthenticationOptions();
        try
        {
            if (authorityFile is not null)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(authorityFile);
                options.CertificateChainPolicy = policy;
            }

            if (certificateFile is not null)
            {
                options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificateFile, certificateKeyFile)];
            }
        }
        catch (CryptographicException e)
        {
            throw new UsageException($"a certificate or key file cannot be used: {e.Message}");
        }

        return options;
    }
}
