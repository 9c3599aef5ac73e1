namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>
/// Rises along half a cosine to a highest rate and falls along another to nearly nothing (Smith and Topin, 2018), as PyTorch computes
/// it, momentum left alone. After its last step the rate stays.
/// </summary>
public sealed class OneCycleLR : StepSchedule
{
    private readonly double? _highest;
    private readonly long _steps;
    private readonly double _rise;
    private readonly double _startDivisor;
    private readonly double _endDivisor;

    internal OneCycleLR(Optimizer optimizer, double? highest, long steps, double rise, double startDivisor, double endDivisor)
        : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2, "total_steps");
        ArgumentOutOfRangeException.ThrowIfNegative(rise, "pct_start");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rise, 1, "pct_start");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(startDivisor, "div_factor");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(endDivisor, "final_div_factor");
        (_highest, _steps, _rise, _startDivisor, _endDivisor) = (highest, steps, rise, startDivisor, endDivisor);
        Apply();
    }

    internal override double Rate(double initial, long step)
    {
        double highest = _highest ?? initial;
        double start = highest / _startDivisor;
        double top = _rise * _steps - 1;
        double place = Math.Min(step, _steps - 1);
        return place <= top
            ? Between(start, highest, place / top)
            : Between(highest, start / _endDivisor, (place - top) / (_steps - 1 - top));
    }

    private static double Between(double from, double to, double share) =>
        to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));
}
