using System.Security.Cryptography;

namespace FaceVoice.Inference.Caching;

/// <summary>
/// Embeddings by the hash of their media, bounded in bytes, the least recently used dropped first. Callers that want the same at the same
/// time share one piece of work: it continues for as long as one of them waits, and is cancelled when the last has left. One engine has one
/// model, so the model is not part of the key. Thread-safe.
/// </summary>
/// <param name="maxBytes">What may be kept; with 0 nothing is kept or shared.</param>
/// <param name="metrics">Where shared work is counted.</param>
internal sealed class EmbeddingCache(long maxBytes, EngineMetrics metrics)
{
    /// <summary>What an entry takes beside its vectors: key, node, records. Measured generously.</summary>
    private const int Overhead = 600;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private readonly Dictionary<Key, SharedWork> _running = [];
    private long _bytes;
    private long _hits;
    private long _misses;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets whether one medium in ten or more was answered from it.</summary>
    public bool AnswersOften => Hits > 0 && Hits * 9 >= Misses;

    /// <summary>Gets how many pieces of work run now, however many callers wait for each.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Answers with what is kept, waits for the same work of another caller, or does the work and keeps its result.</summary>
    /// <param name="media">
    /// The encoded media; not to be changed until the work has ended, which may be later than this call where the caller leaves.
    /// </param>
    /// <param name="work">Makes the embedding; told to stop when no caller waits any more.</param>
    /// <param name="cancellationToken">Stops this caller's waiting, and nobody else's.</param>
    /// <param name="isPart">
    /// Whether the work leaves spaces out: what was made whole answers it too, but it answers nobody who needs the whole.
    /// </param>
    public async Task<T> GetOrAddAsync<T>(
        ReadOnlyMemory<byte> media, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool isPart = false)
        where T : MediaEmbedding
    {
        if (maxBytes == 0)
        {
            return await work(cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var key = Key.Of<T>(media.Span, isPart);
        if (Find(key, out var shared, out var isFirst) is { } kept)
        {
            return (T)(kept with { FromCache = true });
        }

        if (isFirst)
        {
            _ = CompleteAsync(key, shared!, work);
        }

        try
        {
            var embedding = await shared!.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return (T)(isFirst ? embedding : embedding with { FromCache = true });
        }
        finally
        {
            Leave(key, shared!);
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

    private MediaEmbedding? Find(Key key, out SharedWork? shared, out bool isFirst)
    {
        (shared, isFirst) = (null, false);
        lock (_lock)
        {
            if (_entries.TryGetValue(key with { IsPart = false }, out var node) || _entries.TryGetValue(key, out node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                _hits++;
                return node.Value.Embedding;
            }

            isFirst = !_running.TryGetValue(key, out shared);
            if (isFirst)
            {
                _running.Add(key, shared = new SharedWork());
                _misses++;
            }
            else
            {
                metrics.Joined();
            }

            shared!.Callers++;
            return null;
        }
    }

    private async Task CompleteAsync<T>(Key key, SharedWork shared, Func<CancellationToken, Task<T>> work)
        where T : MediaEmbedding
    {
        var task = work(shared.Cancellation.Token);
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            Forget(key, shared); // and kept under the same lock: whoever comes finds the one or the other
            if (task.IsCompletedSuccessfully)
            {
                Keep(key, task.Result);
            }
        }

        if (task.IsCompletedSuccessfully)
        {
            shared.Result.SetResult(task.Result);
        }
        else if (task.IsCanceled)
        {
            shared.Result.SetCanceled(shared.Cancellation.Token);
        }
        else
        {
            shared.Result.SetException(task.Exception!.InnerExceptions);
            _ = shared.Result.Task.Exception; // seen, also where every caller has left
        }
    }

    private void Leave(Key key, SharedWork shared)
    {
        lock (_lock)
        {
            if (--shared.Callers > 0)
            {
                return;
            }

            Forget(key, shared); // under the same lock: nobody can join work that is about to be cancelled
        }

        shared.Cancellation.Cancel(); // does nothing where the work has ended
    }

    private void Forget(Key key, SharedWork shared)
    {
        if (_running.TryGetValue(key, out var current) && ReferenceEquals(current, shared))
        {
            _running.Remove(key);
        }
    }

    private void Keep(Key key, MediaEmbedding embedding)
    {
        var size = Overhead + embedding.SizeBytes;
        if (size > maxBytes || _entries.ContainsKey(key))
        {
            return;
        }

        _entries[key] = _byUse.AddFirst(new Entry(key, embedding, size));
        _bytes += size;
        while (_bytes > maxBytes && _byUse.Last is { } oldest)
        {
            _byUse.RemoveLast();
            _entries.Remove(oldest.Value.Key);
            _bytes -= oldest.Value.Size;
        }
    }

    /// <summary>The SHA-256 of some media, and what is made of it.</summary>
    private readonly record struct Key(UInt128 High, UInt128 Low, Type Kind, bool IsPart)
    {
        public static Key Of<T>(ReadOnlySpan<byte> media, bool isPart)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(media, hash);
            return new Key(BitConverter.ToUInt128(hash), BitConverter.ToUInt128(hash[16..]), typeof(T), isPart);
        }
    }

    private readonly record struct Entry(Key Key, MediaEmbedding Embedding, int Size);

    private sealed class SharedWork
    {
        public TaskCompletionSource<MediaEmbedding> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Cancellation { get; } = new();

        public int Callers { get; set; }
    }
}
