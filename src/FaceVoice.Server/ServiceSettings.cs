using Microsoft.Extensions.Logging;

namespace FaceVoice.Server;

/// <summary>
/// Everything that a server can be told. Filled from a JSON file, then from environment variables (<c>FACEVOICE_LISTEN__GRPCPORT</c> for
/// <c>Listen:GrpcPort</c>), then from the command line; see <see cref="ServiceConfiguration"/>.
/// </summary>
public sealed class ServiceSettings
{
    /// <summary>Gets or sets the folder of the model bundle.</summary>
    /// <value>The default is null: the command line then takes the starter model. A server that is started from code needs it.</value>
    public string? Model { get; set; }

    /// <summary>
    /// Gets or sets the index: a folder, or <c>http(s)://host:6334/collection</c> of Qdrant, with settings as in <see
    /// cref="FaceVoice.Index.IndexLocation"/>.
    /// </summary>
    /// <value>The default is null: the methods of IndexService answer FAILED_PRECONDITION.</value>
    public string? Index { get; set; }

    /// <summary>
    /// Gets or sets the file with the base64 text of the key, 32 random bytes or more, that the files of an index folder are encrypted
    /// under.
    /// </summary>
    /// <value>
    /// The default is null: the key in the environment variable <c>FACEVOICE_INDEX_KEY</c>, or none. An index keeps the choice it was made
    /// with.
    /// </value>
    public string? IndexKeyFile { get; set; }

    /// <summary>
    /// Gets or sets the file with the base64 text of the key, 32 random bytes or more, whose secret rotation vectors are stored under.
    /// </summary>
    /// <value>
    /// The default is null: the key in the environment variable <c>FACEVOICE_TEMPLATE_KEY</c>, or none. An index keeps the choice it was
    /// made with.
    /// </value>
    public string? IndexTemplateKeyFile { get; set; }

    /// <summary>Gets or sets where the server listens.</summary>
    public ListenSettings Listen { get; set; } = new();

    /// <summary>Gets or sets who may call.</summary>
    public AccessSettings Access { get; set; } = new();

    /// <summary>Gets or sets how much callers may ask for.</summary>
    public LimitSettings Limits { get; set; } = new();

    /// <summary>Gets or sets how requests are worked on.</summary>
    public WorkSettings Work { get; set; } = new();

    /// <summary>Gets or sets what the server tells of itself.</summary>
    public TelemetrySettings Telemetry { get; set; } = new();
}

/// <summary>Who may call a server.</summary>
public sealed class AccessSettings
{
    /// <summary>
    /// Gets or sets the file of the hashed API keys, as <c>facevoice keys</c> writes it. It is read again when it changes.
    /// </summary>
    /// <value>The default is null: everybody who can connect may call.</value>
    public string? ApiKeyFile { get; set; }

    /// <summary>
    /// Gets or sets the origins of web pages that may call by gRPC-Web, divided by commas, for instance <c>https://app.example.org</c>.
    /// </summary>
    /// <value>The default is null: none.</value>
    public string? AllowedOrigins { get; set; }
}

/// <summary>What a server tells of itself.</summary>
public sealed class TelemetrySettings
{
    /// <summary>Gets or sets where metrics and traces are sent by OTLP over gRPC, for instance <c>http://localhost:4317</c>.</summary>
    /// <value>The default is null: nothing is sent.</value>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Gets or sets whether log lines are JSON objects.</summary>
    /// <value>The default is false: text.</value>
    public bool JsonLogs { get; set; }

    /// <summary>Gets or sets the least level that is logged: Trace, Debug, Information, Warning, Error.</summary>
    /// <value>The default is Information.</value>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;
}
