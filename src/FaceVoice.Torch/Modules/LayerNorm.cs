namespace FaceVoice.Torch.Modules;

/// <summary>Normalises over the last dimensions. Parameters: <c>weight</c>, <c>bias</c>, both of the normalised shape.</summary>
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    private readonly long[] _shape;
    private readonly double _eps;

    internal LayerNorm(long[] normalizedShape, double eps, bool elementwiseAffine)
        : base(nameof(LayerNorm))
    {
        (_shape, _eps) = (normalizedShape, eps);
        weight = elementwiseAffine ? new Parameter(torch.ones(normalizedShape)) : null;
        register_parameter("weight", weight);
        bias = elementwiseAffine ? new Parameter(torch.zeros(normalizedShape)) : null;
        register_parameter("bias", bias);
    }

    /// <summary>Gets the gain, or null.</summary>
    public Parameter? weight { get; }

    /// <summary>Gets the shift, or null.</summary>
    public Parameter? bias { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.layer_norm(input, _shape, weight, bias, _eps);
}
