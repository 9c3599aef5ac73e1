using FaceVoice.Server.Access;

namespace FaceVoice.Server;

/// <summary>Makes and withdraws API keys. The file holds hashes only: a key is shown once, when it is made.</summary>
public static class ApiKeys
{
    /// <summary>Adds a key and returns it; the client's other keys stay valid, and all of them take the new limits.</summary>
    /// <param name="file">The file; made where it does not exist.</param>
    /// <param name="client">Who the key is for.</param>
    /// <param name="callsPerSecond">Calls a second, above 0; null for no limit.</param>
    /// <param name="maxConcurrentCalls">Calls at once, 1 or more; null for no limit.</param>
    /// <param name="expires">When the key stops being valid; null for never.</param>
    /// <exception cref="InvalidSettingsException">The file is malformed.</exception>
    public static string Add(string file, string client, double? callsPerSecond = null, int? maxConcurrentCalls = null, DateTimeOffset? expires = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        if (callsPerSecond is { } rate)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(callsPerSecond));
        }

        if (maxConcurrentCalls is { } calls)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(calls, nameof(maxConcurrentCalls));
        }

        var key = ApiKey.Create();
        var known = File.Exists(file) ? ApiKeyFile.Read(file) : [];
        var others = known.Select(r => r.Client == client ? r with { CallsPerSecond = callsPerSecond, MaxConcurrentCalls = maxConcurrentCalls } : r);
        ApiKeyFile.Write(file, [.. others, new ApiKeyRecord
        {
            Client = client,
            Sha256 = Convert.ToHexStringLower(ApiKey.Hash(key)),
            Expires = expires,
            CallsPerSecond = callsPerSecond,
            MaxConcurrentCalls = maxConcurrentCalls,
        }]);
        return key;
    }

    /// <summary>Withdraws keys of a client.</summary>
    /// <param name="file">The file.</param>
    /// <param name="client">Whose keys.</param>
    /// <param name="id">Which one, as <see cref="List"/> gives it; null for all of them.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="InvalidSettingsException">The file is malformed.</exception>
    public static int Remove(string file, string client, string? id = null)
    {
        var known = ApiKeyFile.Read(file);
        var kept = known.Where(r => r.Client != client || (id is not null && ApiKeyInfo.IdOf(r) != id)).ToList();
        ApiKeyFile.Write(file, kept);
        return known.Count - kept.Count;
    }

    /// <summary>All keys, as far as the file knows them, in its order: the oldest of a client comes first.</summary>
    /// <exception cref="InvalidSettingsException">The file is malformed.</exception>
    public static IReadOnlyList<ApiKeyInfo> List(string file) => [.. ApiKeyFile.Read(file).Select(ApiKeyInfo.Of)];
}

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
