using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FaceVoice.Testing.Grpc;

/// <summary>An authority of its own and what it signs: certificates for <c>localhost</c> and for clients, as PEM files in a folder.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("facevoice-certificates-");
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=FaceVoice test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Write("authority.pem", _authority.ExportCertificatePem());
        Sign("server", ServerAuthentication, DateTimeOffset.UtcNow.AddMinutes(50));
        Sign("client", ClientAuthentication, DateTimeOffset.UtcNow.AddMinutes(50));
    }

    public string AuthorityFile => PathOf("authority.pem");

    public string ServerFile => PathOf("server.pem");

    public string ServerKeyFile => PathOf("server.key");

    public string ClientFile => PathOf("client.pem");

    public string ClientKeyFile => PathOf("client.key");

    /// <summary>What a client needs to trust this authority's server and, where asked for, to show its own certificate.</summary>
    public System.Net.Security.SslClientAuthenticationOptions ClientOptions(X509Certificate2? client = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(AuthorityFile);
        return new() { CertificateChainPolicy = policy, ClientCertificates = client is null ? null : [client] };
    }

    /// <summary>The certificate of the client, with its key.</summary>
    public X509Certificate2 Client() => X509Certificate2.CreateFromPemFile(ClientFile, ClientKeyFile);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    private void Sign(string name, string purpose, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddMinutes(-30), until, RandomNumberGenerator.GetBytes(8));
        Write($"{name}.pem", certificate.ExportCertificatePem());
        Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
    }
}
