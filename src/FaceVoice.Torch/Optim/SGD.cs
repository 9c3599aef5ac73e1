namespace FaceVoice.Torch.Optim;

/// <summary>Stochastic gradient descent with momentum, as PyTorch computes it.</summary>
public sealed class SGD : Optimizer
{
    private const string Momentum = "momentum_buffer";
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly bool _nesterov;

    internal SGD(IEnumerable<ParameterGroup> groups, double lr, double momentum, double dampening, double weight_decay, bool nesterov)
        : base(groups, lr, weight_decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        if (nesterov && (momentum <= 0 || dampening != 0))
        {
            throw new ArgumentException("Nesterov's momentum wants a momentum above 0 and no dampening.", nameof(nesterov));
        }

        (_momentum, _dampening, _nesterov) = (momentum, dampening, nesterov);
    }

    private protected override IEnumerable<string> StateNames => [Momentum];

    private protected override void Update(Slot slot, Tensor gradient)
    {
        if (slot.Group.WeightDecay != 0)
        {
            gradient = gradient.add(slot.Parameter, slot.Group.WeightDecay);
        }

        if (_momentum != 0)
        {
            // The first step takes the gradient whole, whatever the dampening.
            Tensor buffer = slot.Steps == 1
                ? slot.Zeros(Momentum).copy_(gradient)
                : slot.Zeros(Momentum).mul_(_momentum).add_(gradient, 1 - _dampening);
            gradient = _nesterov ? gradient.add(buffer, _momentum) : buffer;
        }

        slot.Parameter.add_(gradient, -slot.Group.LearningRate);
    }
}
