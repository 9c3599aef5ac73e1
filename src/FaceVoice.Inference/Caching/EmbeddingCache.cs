using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FaceVoice.Inference.Caching;

/// <summary>
/// Results by content hash, the least recently used dropped first, bounded in bytes. One engine has one model, so the model is not part of the key. Thread-safe.
/// </summary>
internal sealed class EmbeddingCache(long maxBytes)
{
    /// <summary>What an entry takes beside its vectors: key, node, records. Measured generously.</summary>
    private const int Overhead = 600;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;
    private long _hits;
    private long _misses;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public long Bytes => Volatile.Read(ref _bytes);

    public bool IsEnabled => maxBytes > 0;

    /// <summary>The key of some media; <paramref name="kind"/> keeps apart what is done with it.</summary>
    public static CacheKey KeyOf(ReadOnlySpan<byte> media, byte kind)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(media, hash);
        return new CacheKey(new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..])), new UInt128(BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..])), kind);
    }

    /// <summary>Finds what was kept.</summary>
    /// <param name="key">Of which media.</param>
    /// <param name="value">What was made of it.</param>
    /// <param name="isFirstLook">Whether not finding it counts as a miss.</param>
    public bool TryGet<T>(CacheKey key, [NotNullWhen(true)] out T? value, bool isFirstLook = true)
        where T : class
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && node.Value.Value is T found)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                _hits++;
                value = found;
                return true;
            }

            _misses += isFirstLook ? 1 : 0;
            value = null;
            return false;
        }
    }

    public void Add(CacheKey key, object value, int floats)
    {
        var size = Overhead + (sizeof(float) * floats);
        lock (_lock)
        {
            if (size > maxBytes || _entries.ContainsKey(key))
            {
                return;
            }

            _entries[key] = _byUse.AddFirst(new Entry(key, value, size));
            _bytes += size;
            while (_bytes > maxBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _entries.Remove(oldest.Value.Key);
                _bytes -= oldest.Value.Size;
            }
        }
    }

    /// <summary>Forgets everything, the counts as well.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            (_bytes, _hits, _misses) = (0, 0, 0);
        }
    }

    private readonly record struct Entry(CacheKey Key, object Value, int Size);
}
