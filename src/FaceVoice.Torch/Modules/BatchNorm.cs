namespace FaceVoice.Torch.Modules;

/// <summary>
/// Normalises each channel over batch and the remaining dimensions: by the batch's statistics in training, by the stored ones in
/// evaluation. Parameters: <c>weight</c>, <c>bias</c>; buffers: <c>running_mean</c>, <c>running_var</c>, <c>num_batches_tracked</c>.
/// </summary>
public abstract class BatchNorm : Module<Tensor, Tensor>
{
    private readonly double _eps;
    private readonly double _momentum;

    private protected BatchNorm(string name, long features, double eps, double momentum, bool affine)
        : base(name)
    {
        (_eps, _momentum) = (eps, momentum);
        weight = affine ? new Parameter(torch.ones(features)) : null;
        register_parameter("weight", weight);
        bias = affine ? new Parameter(torch.zeros(features)) : null;
        register_parameter("bias", bias);
        running_mean = torch.zeros(features);
        register_buffer("running_mean", running_mean);
        running_var = torch.ones(features);
        register_buffer("running_var", running_var);
        num_batches_tracked = torch.scalar_tensor(0L);
        register_buffer("num_batches_tracked", num_batches_tracked);
    }

    /// <summary>Gets the gain, [channels], or null.</summary>
    public Parameter? weight { get; }

    /// <summary>Gets the shift, [channels], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>Gets the running mean, [channels].</summary>
    public Tensor running_mean { get; }

    /// <summary>Gets the running variance, [channels].</summary>
    public Tensor running_var { get; }

    /// <summary>Gets the number of batches seen in training, an Int64 scalar.</summary>
    public Tensor num_batches_tracked { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            num_batches_tracked.add_(1);
        }

        return torch.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, _momentum, _eps);
    }
}
