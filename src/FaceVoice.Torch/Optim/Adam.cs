using FaceVoice.Torch.Modules;

namespace FaceVoice.Torch.Optim;

/// <summary>
/// Adam (Kingma and Ba, 2015): steps by the running mean of the gradient over the root of its running square, both corrected
/// for their start at 0. Weight decay is added to the gradient; see <see cref="AdamW"/>.
/// </summary>
public class Adam : Optimizer
{
    private const string Mean = "exp_avg";
    private const string Square = "exp_avg_sq";
    private const string LargestSquare = "max_exp_avg_sq";
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly bool _amsgrad;
    private readonly bool _decoupled;

    internal Adam(
        IEnumerable<ParameterGroup> groups, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool decoupled)
        : base(groups, lr, weight_decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(beta1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(beta2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
        (_beta1, _beta2, _eps, _amsgrad, _decoupled) = (beta1, beta2, eps, amsgrad, decoupled);
    }

    private protected override IEnumerable<string> StateNames => [Mean, Square, LargestSquare];

    private protected override void Update(Slot slot, Tensor gradient)
    {
        bool simple = !_amsgrad
            && slot.Parameter.dtype == ScalarType.Float32 && gradient.dtype == ScalarType.Float32
            && slot.Parameter.device.type == DeviceType.CPU && gradient.device.type == DeviceType.CPU
            && slot.Parameter.is_contiguous && gradient.is_contiguous
            && slot.Parameter.NumberOfElements <= int.MaxValue;
        if (simple)
        {
            UpdateOnCpu(slot, gradient);
        }
        else
        {
            UpdateAnywhere(slot, gradient);
        }
    }

    private void UpdateOnCpu(Slot slot, Tensor gradient)
    {
        double decay = slot.Group.WeightDecay;
        double rate = slot.Group.LearningRate;
        AdamStep step = new()
        {
            Beta1 = (float)_beta1,
            OneMinusBeta1 = (float)(1 - _beta1),
            Beta2 = (float)_beta2,
            OneMinusBeta2 = (float)(1 - _beta2),
            CoupledDecay = _decoupled ? 0 : (float)decay,
            Keep = _decoupled ? (float)(1 - rate * decay) : 1,
            Rate = (float)(rate / (1 - Math.Pow(_beta1, slot.Steps))),
            RootCorrection = (float)Math.Sqrt(1 - Math.Pow(_beta2, slot.Steps)),
            Epsilon = (float)_eps,
        };
        AdamKernel.Run(
            slot.Parameter.WritableFloats(), gradient.ReadableFloats(), slot.Zeros(Mean).WritableFloats(), slot.Zeros(Square).WritableFloats(), step);
        GC.KeepAlive(gradient);
    }

    private void UpdateAnywhere(Slot slot, Tensor gradient)
    {
        Parameter parameter = slot.Parameter;
        double decay = slot.Group.WeightDecay;
        double rate = slot.Group.LearningRate;
        if (_decoupled)
        {
            parameter.mul_(1 - rate * decay);
        }
        else if (decay != 0)
        {
            gradient = gradient.add(parameter, decay);
        }

        Tensor mean = slot.Zeros(Mean).mul_(_beta1).add_(gradient, 1 - _beta1);
        Tensor square = slot.Zeros(Square).mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
        if (_amsgrad)
        {
            Tensor largest = slot.Zeros(LargestSquare);
            square = largest.copy_(largest.maximum(square));
        }

        Tensor divisor = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(_beta2, slot.Steps))).add_(_eps);
        parameter.addcdiv_(mean, divisor, -rate / (1 - Math.Pow(_beta1, slot.Steps)));
    }
}
