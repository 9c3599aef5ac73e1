namespace FaceVoice.Torch.Modules;

/// <summary>x W' + b. Parameters: <c>weight</c> [out, in], <c>bias</c> [out].</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    internal Linear(long inputSize, long outputSize, bool hasBias)
        : base(nameof(Linear))
    {
        double bound = 1 / Math.Sqrt(inputSize);
        weight = new Parameter(torch.empty(outputSize, inputSize).uniform_(-bound, bound));
        register_parameter("weight", weight);
        bias = hasBias ? new Parameter(torch.empty(outputSize).uniform_(-bound, bound)) : null;
        register_parameter("bias", bias);
    }

    /// <summary>Gets the weights, [out, in].</summary>
    public Parameter weight { get; }

    /// <summary>Gets the bias, [out], or null.</summary>
    public Parameter? bias { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.linear(input, weight, bias);
}
