namespace FaceVoice.Torch.Modules;

/// <summary><see cref="BatchNorm"/> over [batch, channels, height, width].</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long features, double eps, double momentum, bool affine)
        : base(nameof(BatchNorm2d), features, eps, momentum, affine)
    {
    }
}
