namespace FaceVoice.Training.Speaker;

/// <summary>First part of the path of every random stream, so that no two purposes share numbers.</summary>
internal static class RandomPurpose
{
    public const ulong HoldOut = 0x5350_0001;
    public const ulong EpochOrder = 0x5350_0002;
    public const ulong Crop = 0x5350_0003;
    public const ulong NoiseBank = 0x5350_0004;
    public const ulong Validation = 0x5350_0005;
}
