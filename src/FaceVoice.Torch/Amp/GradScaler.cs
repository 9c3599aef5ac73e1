using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;

namespace FaceVoice.Torch.Amp;

/// <summary>
/// Scales the loss so that gradients do not vanish in half precision (float16; bfloat16 needs none), takes the scale off again before
/// the step, and leaves the step out when a gradient is not finite. For one optimiser. Not thread-safe.
/// </summary>
/// <remarks>The scale is halved after a step left out and doubled after <c>growth_interval</c> steps in a row, as in PyTorch.</remarks>
public sealed class GradScaler
{
    private const string ScaleKey = "scale";
    private const string GrowthKey = "growth_tracker";
    private readonly double _growthFactor;
    private readonly double _backoffFactor;
    private readonly long _growthInterval;
    private readonly bool _enabled;
    private double _scale;
    private long _goodSteps;
    private bool? _finite;

    internal GradScaler(double initialScale, double growthFactor, double backoffFactor, long growthInterval, bool enabled)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(initialScale);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(growthFactor, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(backoffFactor, 1);
        (_scale, _growthFactor, _backoffFactor) = (initialScale, growthFactor, backoffFactor);
        (_growthInterval, _enabled) = (growthInterval, enabled);
    }

    /// <summary>Gets the factor in use; 1 when the scaler is off.</summary>
    public double get_scale() => _enabled ? _scale : 1;

    /// <summary>The loss times the scale: differentiate this.</summary>
    /// <param name="loss">The loss.</param>
    public Tensor scale(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return _enabled ? loss * _scale : loss;
    }

    /// <summary>Takes the scale off the gradients, for clipping before <see cref="step"/>; once a step.</summary>
    /// <param name="optimizer">Whose parameters.</param>
    /// <returns>Whether all gradients are finite.</returns>
    /// <exception cref="InvalidOperationException">It was taken off already.</exception>
    public bool unscale_(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (_finite is not null)
        {
            throw new InvalidOperationException("The scale was taken off already since the last update.");
        }

        if (!_enabled)
        {
            return true;
        }

        using GradientMode mode = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        List<Tensor> checks = [];
        foreach (Parameter parameter in optimizer.ParamGroups.SelectMany(group => group.Parameters))
        {
            if (parameter.grad is { } gradient)
            {
                gradient.mul_(1 / _scale);
                checks.Add(gradient.isfinite().all().cpu());
            }
        }

        _finite = checks.Count == 0 || torch.stack([.. checks]).all().ToBoolean();
        return _finite.Value;
    }

    /// <summary>Takes the optimiser's step if all gradients are finite.</summary>
    /// <param name="optimizer">The optimiser.</param>
    /// <returns>Whether the step was taken.</returns>
    public bool step(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        bool finite = _finite ?? unscale_(optimizer);
        if (finite)
        {
            optimizer.step();
        }

        return finite;
    }

    /// <summary>Adapts the scale; once after each <see cref="step"/>.</summary>
    public void update()
    {
        if (_finite == false)
        {
            _scale *= _backoffFactor;
            _goodSteps = 0;
        }
        else if (_enabled && ++_goodSteps == _growthInterval)
        {
            _scale *= _growthFactor;
            _goodSteps = 0;
        }

        _finite = null;
    }

    /// <summary>Gets what a resumed run needs.</summary>
    public Dictionary<string, double> state_dict() => new() { [ScaleKey] = _scale, [GrowthKey] = _goodSteps };

    /// <summary>Takes over what <see cref="state_dict"/> gave.</summary>
    /// <param name="state">Numbers by name.</param>
    /// <exception cref="KeyNotFoundException">A number is missing.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _scale = state[ScaleKey];
        _goodSteps = (long)state[GrowthKey];
    }
}
