using System.Threading.Channels;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Log;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded;

/// <summary>
/// The one thread that changes the store. Writes queue up; all that wait are logged together, flushed once, then shown and acknowledged.
/// </summary>
internal sealed class StoreWriter
{
    private const int MaxBatchBytes = 8 << 20;
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly List<WriteRequest> _batch = [];
    private readonly HashSet<string> _lookedAt = new(StringComparer.Ordinal); // by requests of the batch
    private readonly Action _onShown;
    private readonly Action _afterCommit;
    private readonly Task _loop;
    private volatile IndexReadOnlyException? _failure;

    /// <summary>Starts the writer.</summary>
    /// <param name="state">The newest state.</param>
    /// <param name="log">The open log.</param>
    /// <param name="onShown">Runs on the writer when new points show, before their writes are acknowledged.</param>
    /// <param name="afterCommit">Runs on the writer after each batch that was acknowledged.</param>
    public StoreWriter(StoreState state, WriteAheadLog log, Action onShown, Action afterCommit)
    {
        (State, Log, _onShown, _afterCommit) = (state, log, onShown, afterCommit);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The newest state; replaced by exclusive work.</summary>
    public StoreState State { get; set; }

    /// <summary>The open log; replaced by exclusive work.</summary>
    public WriteAheadLog Log { get; set; }

    public bool IsReadOnly => _failure is not null;

    /// <summary>Queues a write and waits for its end.</summary>
    public async Task<long> EnqueueAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EmbeddedVectorStore));
        }

        return await request.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more writes and ends when those that wait are done.</summary>
    public async Task CloseAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    /// <summary>Logs, flushes, applies and shows one frame; for exclusive work on the writer.</summary>
    public long CommitOne(byte[] frame)
    {
        Log.Append(frame);
        CommitLog();
        var changed = State.Apply(frame);
        State.Publish();
        return changed;
    }

    /// <summary>Refuses writes from now on.</summary>
    public void BecomeReadOnly(IndexReadOnlyException failure) => _failure ??= failure;

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (TakeBatch())
            {
                RunBatch();
            }
        }
    }

    private bool TakeBatch()
    {
        _batch.Clear();
        _lookedAt.Clear();
        var bytes = 0L;
        while (bytes < MaxBatchBytes && _queue.Reader.TryPeek(out var next) && MayJoin(next))
        {
            _queue.Reader.TryRead(out _);
            if (!next.Needs(State))
            {
                continue;
            }

            next.FitTo(State.Space);
            _batch.Add(next);
            _lookedAt.UnionWith(next.LooksAt ?? []);
            bytes += next.Frame?.Length ?? MaxBatchBytes;
        }

        return _batch.Count > 0;
    }

    /// <summary>Whether a request can be committed with the batch: exclusive work runs alone, and a look must see every write before it.</summary>
    private bool MayJoin(WriteRequest next) =>
        _batch.Count == 0
        || (next.Exclusive is null && (next.LooksAt is not { } ids || (_batch.TrueForAll(r => r.LooksAt is not null) && !ids.Any(_lookedAt.Contains))));

    private void RunBatch()
    {
        if (_failure is { } failure)
        {
            _batch.ForEach(r => r.Fail(new IndexReadOnlyException(failure.Message, failure)));
            return;
        }

        try
        {
            if (_batch is [{ Exclusive: { } exclusive } only])
            {
                only.Complete(exclusive());
            }
            else
            {
                CommitFrames();
            }

            _afterCommit();
        }
        catch (Exception error)
        {
            // Nothing may be left waiting; an error that nobody foresaw makes memory and log differ, so writing stops.
            if (error is not IndexException and not OperationCanceledException and not IOException)
            {
                BecomeReadOnly(new IndexReadOnlyException($"The index only reads until it is opened again: {error.Message}", error));
            }

            _batch.ForEach(r => r.Fail(error));
        }
    }

    private void CommitFrames()
    {
        foreach (var request in _batch)
        {
            Log.Append(request.Frame);
        }

        CommitLog();
        var changed = new long[_batch.Count];
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i] = State.Apply(_batch[i].Frame);
        }

        State.Publish();
        _onShown();
        for (var i = 0; i < changed.Length; i++)
        {
            _batch[i].Complete(changed[i]);
        }
    }

    private void CommitLog()
    {
        try
        {
            Log.Commit();
        }
        catch (IndexReadOnlyException error)
        {
            BecomeReadOnly(error);
            throw;
        }
        catch (IndexFullException)
        {
            Log.Discard();
            throw;
        }
    }
}
