using System.Threading.Channels;
using FaceVoice.Index.Embedded.Graph;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded;

/// <summary>Lets graphs grow behind the writer's back: enrolling never waits for links, and what the graph lacks is scanned.</summary>
internal sealed class GraphMaintainer : IAsyncDisposable
{
    private const int StepNodes = 4096;
    private readonly Func<StoreState> _lease;
    private readonly EmbeddedStoreOptions _options;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _turn = new();
    private readonly Task _loop;
    private TaskCompletionSource? _caughtUp; // null while nothing was asked for that is not done
    private long _asked;

    public GraphMaintainer(Func<StoreState> lease, EmbeddedStoreOptions options)
    {
        (_lease, _options) = (lease, options);
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Has the graphs looked at again; costs nothing.</summary>
    public void Wake()
    {
        lock (_turn)
        {
            _asked++;
            _caughtUp ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Ends when every look that was asked for has been taken; never before the last of them has begun.</summary>
    public Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        lock (_turn)
        {
            return _caughtUp?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested && await _wake.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_wake.Reader.TryRead(out _))
                {
                }

                // After the channel is empty: a call that is counted here and writes to it again only makes for one look too many.
                var asked = Asked();
                using (var state = _lease())
                {
                    foreach (var column in state.Columns)
                    {
                        Grow(state, column);
                    }
                }

                Answer(asked);
            }
        }
        finally
        {
            Answer(Asked()); // stopped: what is not linked by now will not be
        }
    }

    private long Asked()
    {
        lock (_turn)
        {
            return _asked;
        }
    }

    private void Answer(long asked)
    {
        lock (_turn)
        {
            if (asked == _asked)
            {
                _caughtUp?.SetResult();
                _caughtUp = null;
            }
        }
    }

    private void Grow(StoreState state, VectorColumn column)
    {
        var ordinal = Array.IndexOf(state.Columns, column);
        if (state.View.Slots[ordinal] < _options.GraphMinPoints)
        {
            return;
        }

        try
        {
            var graph = column.Graph ?? new HnswGraph(column.Codes, _options.GraphNeighbours, _options.GraphBuildEffort, _options.Kernel);
            while (graph.Count < state.View.Slots[ordinal] && !_stop.IsCancellationRequested)
            {
                graph.Grow(Math.Min(state.View.Slots[ordinal], graph.Count + StepNodes), Math.Max(1, _options.GraphBuildThreads), _stop.Token);
                if (column.Graph is null && graph.Count >= _options.GraphMinPoints)
                {
                    column.Graph = graph; // from here on searches walk it, and scan only what it lacks
                }
            }

            if (column.Graph is null)
            {
                graph.Dispose(); // stopped before it was of use
            }
        }
        catch (OutOfMemoryException error)
        {
            StoreLog.GraphFailed(_options.Logger, column.Name, error);
        }
    }
}
