namespace FaceVoice.Server.Access;

/// <summary>One key as it stands in the file: its hash, never the key. Several keys of one client are valid at once and share its limits.</summary>
internal sealed record ApiKeyRecord
{
    /// <summary>Who the key belongs to.</summary>
    public required string Client { get; init; }

    /// <summary>SHA-256 of the key's UTF-8 bytes, in hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the key stops being valid; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Calls a second over longer times; null for no limit.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>Calls at once; null for no limit.</summary>
    public int? MaxConcurrentCalls { get; init; }
}
