using System.Runtime.InteropServices;

namespace FaceVoice.Torch;

/// <summary>
/// LibTorch from C#, with TorchSharp's names: <c>using static FaceVoice.Torch.torch;</c> (and <c>torch.nn</c>) and model code
/// reads as it would there.
/// </summary>
public static partial class torch
{
    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The current GPU.</summary>
    public static readonly Device CUDA = new(DeviceType.CUDA);

    /// <summary>Single precision.</summary>
    public const ScalarType float32 = ScalarType.Float32;

    /// <summary>Double precision.</summary>
    public const ScalarType float64 = ScalarType.Float64;

    /// <summary>Half precision.</summary>
    public const ScalarType float16 = ScalarType.Float16;

    /// <summary>Brain floating point.</summary>
    public const ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>64-bit integers.</summary>
    public const ScalarType int64 = ScalarType.Int64;

    /// <summary>Gets the version that the shim was compiled against, such as <c>1.13.1</c>.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(NativeMethods.Version()) ?? string.Empty;

    /// <summary>Tells whether LibTorch can be used here; never throws. Tests and the doctor ask this first.</summary>
    /// <param name="reason">What is missing and how to get it; empty when nothing is.</param>
    public static bool IsAvailable(out string reason)
    {
        try
        {
            _ = NativeMethods.Version();
            reason = string.Empty;
            return true;
        }
        catch (TorchUnavailableException exception)
        {
            reason = exception.Message;
            return false;
        }
    }

    /// <summary>Tells whether LibTorch can be used here; never throws.</summary>
    public static bool IsAvailable() => IsAvailable(out _);

    /// <summary>Opens a scope that frees the tensors made inside it on this thread.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <param name="description">The device's name.</param>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Device device(string description) => Device.Parse(description);

    /// <summary>Seeds the random numbers of every device.</summary>
    /// <param name="seed">The seed; the same one gives the same numbers on the same device.</param>
    public static void manual_seed(long seed) => NativeStatus.Check(NativeMethods.ManualSeed(seed), "torch.manual_seed");

    /// <summary>Gets the state of a device's random number generator, as bytes on the CPU.</summary>
    /// <param name="device">Whose; the CPU's if null.</param>
    public static Tensor get_rng_state(Device? device = null)
    {
        RequireDevice(device);
        Device where = device ?? CPU;
        NativeStatus.Check(NativeMethods.RngGetState((int)where.type, where.index, out nint state), "torch.get_rng_state");
        return Tensor.Own(state);
    }

    /// <summary>Sets the state of a device's random number generator: the numbers go on from there.</summary>
    /// <param name="state">What <see cref="get_rng_state"/> gave.</param>
    /// <param name="device">Whose; the CPU's if null.</param>
    public static void set_rng_state(Tensor state, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireDevice(device);
        Device where = device ?? CPU;
        NativeStatus.Check(NativeMethods.RngSetState((int)where.type, where.index, state.Handle), "torch.set_rng_state");
    }

    /// <summary>Gets the number of threads that one operator may use.</summary>
    public static int get_num_threads() => NativeMethods.GetNumThreads();

    /// <summary>Sets the number of threads that one operator may use.</summary>
    /// <param name="threads">At least 1; no more than there are cores is sensible.</param>
    public static void set_num_threads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        NativeStatus.Check(NativeMethods.SetNumThreads(threads), "torch.set_num_threads");
    }

    /// <summary>Asks for operators that give the same bits on every run, where there are any.</summary>
    /// <param name="mode">Whether to ask; those without such a variant warn on stderr.</param>
    public static void use_deterministic_algorithms(bool mode) =>
        NativeStatus.Check(NativeMethods.SetDeterministic(mode ? 1 : 0), "torch.use_deterministic_algorithms");

    /// <summary>Lets single-precision matrix products on a GPU use tensor cores (10 mantissa bits); nothing changes on the CPU.</summary>
    /// <param name="allow">Whether they may.</param>
    public static void allow_tf32(bool allow) =>
        NativeStatus.Check(NativeMethods.SetAllowTf32(allow ? 1 : 0), "torch.allow_tf32");

    /// <summary>Records nothing on this thread until disposed: for evaluation and for changing parameters.</summary>
    public static GradientMode no_grad() => new(false);

    /// <summary>Records on this thread until disposed, inside a <see cref="no_grad"/>.</summary>
    public static GradientMode enable_grad() => new(true);

    /// <summary>Sets whether operations are recorded on this thread until disposed.</summary>
    /// <param name="mode">Whether to record.</param>
    public static GradientMode set_grad_enabled(bool mode) => new(mode);

    /// <summary>Tells whether operations are recorded on this thread.</summary>
    public static bool is_grad_enabled() => NativeMethods.GradEnabled() != 0;

    /// <summary>
    /// Like <see cref="no_grad"/> and a little faster, but its tensors can never meet autograd again: not for evaluation between training steps.
    /// </summary>
    public static InferenceMode inference_mode() => new();

    /// <summary>Throws when a tensor is to go where this LibTorch cannot put it; LibTorch's own text runs to fifty lines.</summary>
    internal static void RequireDevice(Device? device)
    {
        if (device is not null && device.type == DeviceType.CUDA && Math.Max(device.index, 0) >= cuda.device_count())
        {
            throw new TorchException(
                "torch.device",
                $"{device} is not there: LibTorch {__version__} sees {cuda.device_count()} CUDA devices on this machine.");
        }
    }

    /// <summary>The GPUs.</summary>
    public static class cuda
    {
        private static readonly Lazy<int> Devices = new(NativeMethods.CudaDeviceCount);

        /// <summary>Tells whether this LibTorch can use a GPU.</summary>
        public static bool is_available() => Devices.Value > 0;

        /// <summary>Gets the number of GPUs that this LibTorch can use.</summary>
        public static int device_count() => Devices.Value;

        /// <summary>Waits until a GPU has done its work; needed before reading a clock.</summary>
        /// <param name="device">Which; the current one if null.</param>
        public static void synchronize(Device? device = null)
        {
            if (is_available())
            {
                NativeStatus.Check(NativeMethods.CudaSynchronize(device?.index ?? -1), "torch.cuda.synchronize");
            }
        }
    }
}
