using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What a client certificate says about its owner, under the names that gRPC uses.</summary>
internal static class PeerCertificate
{
    private const string CommonName = "x509_common_name";
    private const string SubjectAlternativeName = "x509_subject_alternative_name";

    public static AuthContext ToAuthContext(X509Certificate2? certificate)
    {
        var properties = new Dictionary<string, List<AuthProperty>>();
        if (certificate is null)
        {
            return new AuthContext(null, properties);
        }

        string? identity = null;
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).ToList();
        if (alternative.Count > 0)
        {
            properties[SubjectAlternativeName] = alternative.ConvertAll(name => AuthProperty.Create(SubjectAlternativeName, name));
            identity = SubjectAlternativeName;
        }

        var commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (commonName.Length > 0)
        {
            properties[CommonName] = [AuthProperty.Create(CommonName, commonName)];
            identity ??= CommonName;
        }

        return new AuthContext(identity, properties);
    }
}
