using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Server;

/// <summary>Where a server listens.</summary>
public sealed class ListenSettings
{
    /// <summary>Gets or sets the address: an IP address, <c>localhost</c>, or <c>*</c> for all.</summary>
    /// <value>The default is <c>127.0.0.1</c>.</value>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Gets or sets the port of gRPC over HTTP/2; 0 means any free port.</summary>
    /// <value>The default is 5051.</value>
    [Range(0, 65_535)]
    public int GrpcPort { get; set; } = 5051;

    /// <summary>Gets or sets the port of HTTP/1.1: probes, metrics and, without TLS, gRPC-Web; 0 means any free port.</summary>
    /// <value>The default is 5050.</value>
    [Range(0, 65_535)]
    public int HttpPort { get; set; } = 5050;

    /// <summary>Gets or sets the certificate of the server (PEM). With it the gRPC port speaks TLS, and gRPC-Web too.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>Gets or sets the private key of <see cref="CertificateFile"/> (PEM).</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Gets or sets the certificates (PEM) of the authorities whose client certificates are accepted. With it, every caller must show one.</summary>
    public string? ClientAuthorityFile { get; set; }

    /// <summary>Gets or sets where to write the bound ports once the server listens: a JSON object with <c>grpc_port</c> and <c>http_port</c>.</summary>
    public string? PortsFile { get; set; }
}
