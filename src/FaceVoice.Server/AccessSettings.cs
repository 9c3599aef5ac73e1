namespace FaceVoice.Server;

/// <summary>Who may call a server.</summary>
public sealed class AccessSettings
{
    /// <summary>Gets or sets the file of the hashed API keys, as <c>facevoice keys</c> writes it. It is read again when it changes.</summary>
    /// <value>The default is null: everybody who can connect may call.</value>
    public string? ApiKeyFile { get; set; }

    /// <summary>Gets or sets the origins of web pages that may call by gRPC-Web, divided by commas, for instance <c>https://app.example.org</c>.</summary>
    /// <value>The default is null: none.</value>
    public string? AllowedOrigins { get; set; }
}
