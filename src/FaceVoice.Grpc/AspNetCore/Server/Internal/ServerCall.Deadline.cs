using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The deadline of a call.</summary>
internal sealed partial class ServerCall
{
    // The longest that timers take; who waits for more waits for ever.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private DateTime _deadline = DateTime.MaxValue;
    private CancellationTokenSource? _cancellation;
    private TaskCompletionSource? _deadlineEnd;
    private ITimer? _timer;
    private int _deadlinePassed;

    private bool DeadlinePassed => Volatile.Read(ref _deadlinePassed) != 0;

    private void StartDeadline()
    {
        var text = Http.Request.Headers[GrpcHeader.Timeout].ToString();
        if (text.Length == 0)
        {
            return; // RequestAborted serves as the token; nothing is made.
        }

        if (!GrpcTimeout.TryParse(text, out var timeout))
        {
            throw new RpcException(new Status(StatusCode.Internal, "grpc-timeout is malformed."));
        }

        if (timeout > LongestTimer)
        {
            return;
        }

        _deadline = _method.Time.GetUtcNow().UtcDateTime + timeout;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(Http.RequestAborted);
        _deadlineEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _timer = _method.Time.CreateTimer(static call => ((ServerCall)call!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    private void OnDeadline()
    {
        Volatile.Write(ref _deadlinePassed, 1);
        _ = EndAtDeadlineAsync();
        _ = _cancellation!.CancelAsync(); // the handler sees its token
    }

    /// <summary>Ends the call if it is nobody's yet: the caller need not wait for a handler that does not look at its token.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Handed on to EndAsync, which awaits it.")]
    private async Task EndAtDeadlineAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Done, Idle) != Idle)
        {
            return;
        }

        try
        {
            await FinishAsync(new Status(StatusCode.DeadlineExceeded, "The deadline has passed."), atDeadline: true).ConfigureAwait(false);
            _deadlineEnd!.SetResult();
        }
        catch (Exception e)
        {
            _deadlineEnd!.SetException(e);
        }
    }

    private async ValueTask StopDeadlineAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false); // waits for a callback that is running
            _cancellation!.Dispose();
        }
    }
}
