using FaceVoice.Server.Access;

namespace FaceVoice.Server;

/// <summary>What the file tells of an API key, which it does not hold. Immutable.</summary>
/// <param name="Client">Who the key belongs to.</param>
/// <param name="Id">Tells the keys of a client apart: the first 8 hex digits of the key's SHA-256.</param>
/// <param name="Expires">When the key stops being valid; null for never.</param>
public sealed record ApiKeyInfo(string Client, string Id, DateTimeOffset? Expires)
{
    private const int IdLength = 8;

    internal static ApiKeyInfo Of(ApiKeyRecord record) => new(record.Client, IdOf(record), record.Expires);

    internal static string IdOf(ApiKeyRecord record) => record.Sha256[..IdLength].ToLowerInvariant();
}
