using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FaceVoice.Server.WarmUp;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FaceVoice.Server.Hosting;

/// <summary>The two ports, the door of the warm-up, and their limits.</summary>
internal static class KestrelSetup
{
    public static void Apply(KestrelServerOptions server, ServiceSettings settings)
    {
        var limits = server.Limits;
        server.AddServerHeader = false;
        limits.MaxConcurrentConnections = settings.Limits.MaxConnections;
        limits.MaxRequestBodySize = 2L * settings.Limits.MaxMessageBytes; // of a message, its frame and, in gRPC-Web's text, base64; gRPC itself bounds the message
        limits.MinResponseDataRate = null; // cannot be set per stream, and callers of streams may pause
        limits.Http2.MaxStreamsPerConnection = 1000;
        limits.Http2.InitialStreamWindowSize = 2 * 1024 * 1024;
        limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);

        var listen = settings.Listen;
        Listen(server, listen.Address, listen.GrpcPort, options =>
        {
            if (listen.CertificateFile is null)
            {
                options.Protocols = HttpProtocols.Http2;
            }
            else
            {
                options.Protocols = HttpProtocols.Http1AndHttp2;
                options.UseHttps(https => Secure(https, listen));
            }

            options.UseLingeringClose();
        });
        Listen(server, listen.Address, listen.HttpPort, options => options.Protocols = HttpProtocols.Http1);
        server.Listen(WarmUpTransport.Door, options => options.Protocols = HttpProtocols.Http2);
    }

    private static void Listen(KestrelServerOptions server, string address, int port, Action<ListenOptions> configure)
    {
        switch (address)
        {
            case "*":
                server.ListenAnyIP(port, configure);
                break;
            case "localhost" when port == 0:
                server.Listen(IPAddress.Loopback, port, configure);
                break;
            case "localhost":
                server.ListenLocalhost(port, configure);
                break;
            default:
                server.Listen(
                    IPAddress.TryParse(address, out var ip) ? ip : throw new InvalidSettingsException($"Listen:Address is \"{address}\"; allowed: an IP address, localhost, or * for all."),
                    port,
                    configure);
                break;
        }
    }

    private static void Secure(HttpsConnectionAdapterOptions https, ListenSettings listen)
    {
        try
        {
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(listen.CertificateFile!, listen.CertificateKeyFile);
            if (listen.ClientAuthorityFile is not null)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(listen.ClientAuthorityFile);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => IsSignedBy(certificate, authorities);
            }
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw new InvalidSettingsException($"Listen: a certificate or key file cannot be used: {e.Message}", e);
        }
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        return chain.Build(certificate);
    }
}
