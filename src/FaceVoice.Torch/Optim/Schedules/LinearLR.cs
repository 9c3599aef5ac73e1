namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>Goes in a straight line from one share of the initial rate to another, then stays there: a warm-up.</summary>
public sealed class LinearLR : StepSchedule
{
    private readonly double _start;
    private readonly double _end;
    private readonly long _steps;

    internal LinearLR(Optimizer optimizer, double start, double end, long steps)
        : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start, "start_factor");
        ArgumentOutOfRangeException.ThrowIfNegative(end, "end_factor");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps, "total_iters");
        (_start, _end, _steps) = (start, end, steps);
        Apply();
    }

    internal override double Rate(double initial, long step) =>
        initial * (_start + (_end - _start) * Math.Min(step, _steps) / _steps);
}
