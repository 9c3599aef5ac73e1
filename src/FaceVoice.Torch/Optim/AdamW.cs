namespace FaceVoice.Torch.Optim;

/// <summary>Adam with weight decay taken off the parameter itself (Loshchilov and Hutter, 2019), as PyTorch computes it.</summary>
public sealed class AdamW : Adam
{
    internal AdamW(
        IEnumerable<ParameterGroup> groups, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad)
        : base(groups, lr, beta1, beta2, eps, weight_decay, amsgrad, decoupled: true)
    {
    }
}
