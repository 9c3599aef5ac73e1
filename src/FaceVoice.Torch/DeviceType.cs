namespace FaceVoice.Torch;

/// <summary>A kind of device. The values are LibTorch's.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
}
