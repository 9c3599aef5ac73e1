namespace FaceVoice.Torch.Modules;

/// <summary><see cref="BatchNorm"/> over [batch, channels] or [batch, channels, time].</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(long features, double eps, double momentum, bool affine)
        : base(nameof(BatchNorm1d), features, eps, momentum, affine)
    {
    }
}
