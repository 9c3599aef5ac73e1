using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Access;

/// <summary>Knows the keys of the file, and reads it again when it has changed. Thread-safe.</summary>
internal sealed class ApiKeyStore
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeyStore> _logger;
    private readonly Lock _lock = new();
    private List<Entry> _entries;
    private DateTime _read;
    private long _looked;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidSettingsException">The file is malformed.</exception>
    public ApiKeyStore(string path, TimeProvider time, ILogger<ApiKeyStore> logger)
    {
        (_path, _time, _logger) = (path, time, logger);
        _read = File.GetLastWriteTimeUtc(path);
        _entries = Load([]);
        _looked = time.GetTimestamp();
    }

    /// <summary>Whose key this is; null where it is nobody's. Takes the same time whatever the key: all hashes are compared, each in constant time.</summary>
    public ApiClient? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ApiKey.Hash(key).CopyTo(hash);
        ApiClient? found = null;
        var now = _time.GetUtcNow();
        foreach (var entry in Current())
        {
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash) && !(entry.Expires <= now))
            {
                found = entry.Client;
            }
        }

        return found;
    }

    private List<Entry> Current()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _looked)) < LookAgain)
        {
            return _entries;
        }

        lock (_lock)
        {
            Volatile.Write(ref _looked, _time.GetTimestamp());
            try
            {
                var written = File.GetLastWriteTimeUtc(_path);
                if (written != _read)
                {
                    _entries = Load(_entries);
                    _read = written;
                    Log.KeysRead(_logger, _entries.Count);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidSettingsException)
            {
                Log.KeysNotRead(_logger, e); // the keys that were known stay valid
            }

            return _entries;
        }
    }

    private List<Entry> Load(List<Entry> before)
    {
        // Clients whose limits are unchanged keep what they have used of them.
        var clients = before.Select(e => e.Client).DistinctBy(c => c.Name).ToDictionary(c => c.Name);
        var entries = new List<Entry>();
        foreach (var record in ApiKeyFile.Read(_path))
        {
            if (!clients.TryGetValue(record.Client, out var client) || !client.HasLimits(record.CallsPerSecond, record.MaxConcurrentCalls))
            {
                clients[record.Client] = client = new ApiClient(record.Client, record.CallsPerSecond, record.MaxConcurrentCalls, _time);
            }

            entries.Add(new Entry(Convert.FromHexString(record.Sha256), record.Expires, client));
        }

        return entries;
    }

    private sealed record Entry(byte[] Hash, DateTimeOffset? Expires, ApiClient Client);
}
