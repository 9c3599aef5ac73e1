using FaceVoice.Torch.Amp;

namespace FaceVoice.Torch;

/// <content>Mixed precision.</content>
public static partial class torch
{
    /// <summary>Lets LibTorch compute in half precision where it pays, on this thread until disposed. Keep backward passes outside.</summary>
    /// <param name="device">The kind of device whose operators are meant.</param>
    /// <param name="dtype">BFloat16, or (CUDA only) Float16; bfloat16 on the CPU and float16 on CUDA if null, as in PyTorch.</param>
    /// <param name="enabled">Whether to do so at all.</param>
    /// <exception cref="ArgumentException">The type is no half precision that the device has.</exception>
    public static Autocast autocast(DeviceType device, ScalarType? dtype = null, bool enabled = true)
    {
        ScalarType type = dtype ?? (device == DeviceType.CPU ? ScalarType.BFloat16 : ScalarType.Float16);
        bool possible = type == ScalarType.BFloat16 || (type == ScalarType.Float16 && device == DeviceType.CUDA);
        return possible
            ? new Autocast(device, type, enabled)
            : throw new ArgumentException($"{device} has no automatic mixed precision in {type}; use BFloat16 (or Float16 on CUDA).", nameof(dtype));
    }

    /// <summary>Automatic mixed precision.</summary>
    public static class amp
    {
        /// <summary>Makes a <see cref="Amp.GradScaler"/>.</summary>
        /// <param name="init_scale">The factor to start with.</param>
        /// <param name="growth_factor">What it is multiplied by after a good run.</param>
        /// <param name="backoff_factor">What it is multiplied by after gradients that are not finite.</param>
        /// <param name="growth_interval">How many steps make a good run.</param>
        /// <param name="enabled">Whether to scale at all.</param>
        public static GradScaler GradScaler(
            double init_scale = 65536, double growth_factor = 2, double backoff_factor = 0.5, long growth_interval = 2000, bool enabled = true) =>
            new(init_scale, growth_factor, backoff_factor, growth_interval, enabled);
    }
}
