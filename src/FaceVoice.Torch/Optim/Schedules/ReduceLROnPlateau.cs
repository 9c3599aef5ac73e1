namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>Multiplies the rates by a factor when a measure has not become better for some steps, as PyTorch computes it.</summary>
public sealed class ReduceLROnPlateau : LRScheduler
{
    private const string BestKey = "best";
    private const string BadKey = "bad_steps";
    private const string CooldownKey = "cooldown";
    private readonly bool _smallerIsBetter;
    private readonly double _factor;
    private readonly long _patience;
    private readonly double _threshold;
    private readonly long _cooldown;
    private readonly double _lowest;
    private readonly double _smallestChange;
    private double _best;
    private long _badSteps;
    private long _cooling;

    internal ReduceLROnPlateau(
        Optimizer optimizer, string mode, double factor, long patience, double threshold, long cooldown, double lowest, double smallestChange)
        : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(factor, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        _smallerIsBetter = mode switch
        {
            "min" => true,
            "max" => false,
            _ => throw new ArgumentException($"The mode is min or max, not '{mode}'.", nameof(mode)),
        };
        (_factor, _patience, _threshold, _cooldown) = (factor, patience, threshold, cooldown);
        (_lowest, _smallestChange) = (lowest, smallestChange);
        _best = _smallerIsBetter ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>Takes a step with the newest measure; one that is not a number counts as no better.</summary>
    /// <param name="current">The measure: a validation loss, say.</param>
    public void step(double current)
    {
        LastStep++;
        if (IsBetter(current))
        {
            _best = current;
            _badSteps = 0;
        }
        else
        {
            _badSteps++;
        }

        if (_cooling > 0)
        {
            _cooling--;
            _badSteps = 0;
        }

        if (_badSteps > _patience)
        {
            Reduce();
            _cooling = _cooldown;
            _badSteps = 0;
        }
    }

    /// <inheritdoc/>
    public override Dictionary<string, double> state_dict()
    {
        Dictionary<string, double> state = base.state_dict();
        state[BestKey] = _best;
        state[BadKey] = _badSteps;
        state[CooldownKey] = _cooling;
        return state;
    }

    /// <inheritdoc/>
    public override void load_state_dict(IReadOnlyDictionary<string, double> state)
    {
        base.load_state_dict(state);
        _best = Number(state, BestKey);
        _badSteps = (long)Number(state, BadKey);
        _cooling = (long)Number(state, CooldownKey);
    }

    private bool IsBetter(double current) => _smallerIsBetter
        ? current < _best * (double.IsFinite(_best) ? 1 - _threshold : 1)
        : current > _best * (double.IsFinite(_best) ? 1 + _threshold : 1);

    private void Reduce()
    {
        foreach (ParameterGroup group in Optimizer.ParamGroups)
        {
            double reduced = Math.Max(group.LearningRate * _factor, _lowest);
            if (group.LearningRate - reduced > _smallestChange)
            {
                group.LearningRate = reduced;
            }
        }
    }
}
