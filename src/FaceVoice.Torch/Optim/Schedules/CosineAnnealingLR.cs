namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>Falls from the initial rate to a lowest one along half a cosine (Loshchilov and Hutter, 2017), then stays there.</summary>
public sealed class CosineAnnealingLR : StepSchedule
{
    private readonly long _steps;
    private readonly double _lowest;

    internal CosineAnnealingLR(Optimizer optimizer, long steps, double lowest)
        : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps, "T_max");
        (_steps, _lowest) = (steps, lowest);
        Apply();
    }

    internal override double Rate(double initial, long step) =>
        _lowest + (initial - _lowest) * (1 + Math.Cos(Math.PI * Math.Min(step, _steps) / _steps)) / 2;
}
