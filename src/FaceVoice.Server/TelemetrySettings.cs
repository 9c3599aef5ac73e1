namespace FaceVoice.Server;

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
    public Microsoft.Extensions.Logging.LogLevel LogLevel { get; set; } = Microsoft.Extensions.Logging.LogLevel.Information;
}
