namespace FaceVoice.Training.Speaker.Sampling;

/// <summary>
/// Makes batches ahead of the trainer, on several threads, and hands them over in order. Starting at batch <c>n</c> gives exactly the batches
/// that an unbroken run would have seen from <c>n</c> on. For one consumer.
/// </summary>
internal sealed class CropLoader : IDisposable
{
    private readonly CropFactory _factory;
    private readonly SpeakerSampler _sampler;
    private readonly int _rows;
    private readonly int _ahead;
    private readonly Queue<Task<CropBatch>> _pending = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _workers;
    private long _next;

    /// <param name="factory">Makes the crops.</param>
    /// <param name="rows">Crops a batch.</param>
    /// <param name="firstBatch">The first batch to hand over.</param>
    /// <param name="workers">Batches made at a time.</param>
    /// <param name="ahead">Most batches ready or in the making.</param>
    /// <param name="seed">Seed of the order.</param>
    public CropLoader(CropFactory factory, int rows, long firstBatch, int workers, int ahead, ulong seed)
    {
        (_factory, _rows, _next, _ahead) = (factory, rows, firstBatch, ahead);
        _sampler = new(factory.Classes.Count, seed);
        _workers = new(workers);
    }

    /// <summary>Waits for the next batch.</summary>
    public CropBatch Next()
    {
        while (_pending.Count < _ahead)
        {
            Start();
        }

        return _pending.Dequeue().GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var task in _pending)
        {
            // Faults of batches that nobody asked for any more.
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            _ = task.Exception;
        }

        _stop.Dispose();
        _workers.Dispose();
    }

    private void Start()
    {
        var index = _next++;
        var classes = new long[_rows];
        for (var row = 0; row < _rows; row++)
        {
            classes[row] = _sampler.ClassAt((index * _rows) + row);
        }

        _pending.Enqueue(Task.Run(() => MakeAsync(index, classes)));
    }

    private async Task<CropBatch> MakeAsync(long index, long[] classes)
    {
        await _workers.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var size = _factory.Bands * _factory.Frames;
            var features = new float[classes.Length * size];
            for (var row = 0; row < classes.Length; row++)
            {
                _stop.Token.ThrowIfCancellationRequested();
                _factory.Make((index * classes.Length) + row, (int)classes[row], features.AsSpan(row * size, size));
            }

            return new(index, features, classes, _factory.Frames);
        }
        finally
        {
            _workers.Release();
        }
    }
}
