namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>Multiplies the initial rate by a function of the number of steps.</summary>
public sealed class LambdaLR : StepSchedule
{
    private readonly Func<long, double> _factor;

    internal LambdaLR(Optimizer optimizer, Func<long, double> factor)
        : base(optimizer)
    {
        ArgumentNullException.ThrowIfNull(factor);
        _factor = factor;
        Apply();
    }

    internal override double Rate(double initial, long step) => initial * _factor(step);
}
