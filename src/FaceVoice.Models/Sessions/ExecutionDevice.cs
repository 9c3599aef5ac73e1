using System.Runtime.InteropServices;
using System.Text;

namespace FaceVoice.Models.Sessions;

/// <summary>Where networks are to run.</summary>
public enum ExecutionDevice
{
    /// <summary>On CUDA where it can be used, else on the processor.</summary>
    Auto = 0,

    /// <summary>On the processor.</summary>
    Cpu,

    /// <summary>On the first CUDA device; it is an error if there is none.</summary>
    Cuda,
}

/// <summary>Whether this process can run networks on CUDA, and if not, what is missing. Looked up once, by loading the libraries. Thread-safe.</summary>
public static unsafe class CudaSupport
{
    private const string Provider = "libonnxruntime_providers_cuda.so";
    private const string Driver = "libcuda.so.1";

    /// <summary>What ONNX Runtime's CUDA library is linked with.</summary>
    private static readonly string[] Toolkit = ["libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcurand.so.10"];

    private static readonly Lazy<(string? Missing, string? Device)> State = new(Look);

    /// <summary>Gets the name of the CUDA device, for example <c>NVIDIA L4</c>; null where CUDA cannot be used.</summary>
    public static string? Device => State.Value.Device;

    /// <summary>Gets what is missing, as part of a sentence; null where CUDA can be used.</summary>
    public static string? Missing => State.Value.Missing;

    /// <summary>The device to use for a wish: never <see cref="ExecutionDevice.Auto"/>.</summary>
    /// <param name="wish">What the user asked for.</param>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used; the message says what is missing.</exception>
    public static ExecutionDevice Resolve(ExecutionDevice wish) => wish switch
    {
        ExecutionDevice.Cpu => ExecutionDevice.Cpu,
        ExecutionDevice.Auto => Missing is null ? ExecutionDevice.Cuda : ExecutionDevice.Cpu,
        _ when Missing is { } missing => throw DeviceUnavailableException.ForCuda(missing),
        _ => ExecutionDevice.Cuda,
    };

    /// <summary>A device as people write it: <c>cpu</c>, or <c>cuda (NVIDIA L4)</c>.</summary>
    /// <param name="device">What <see cref="Resolve"/> gave.</param>
    public static string Describe(ExecutionDevice device) => device == ExecutionDevice.Cuda ? $"cuda ({Device})" : "cpu";

    private static (string? Missing, string? Device) Look()
    {
        if (!OnnxRuntimeEnvironment.Providers.Contains("CUDAExecutionProvider"))
        {
            return ("this build has ONNX Runtime for the processor only (-p:OnnxRuntime=cpu)", null);
        }

        var missing = new List<string>();
        var folder = RuntimeFolder();
        if (!File.Exists(Path.Combine(folder, Provider)))
        {
            missing.Add($"ONNX Runtime's CUDA library ({Provider} in {folder})");
        }

        var device = FirstDevice();
        if (device is null)
        {
            missing.Add(File.Exists("/proc/driver/nvidia/version") ? "a CUDA device that the driver offers" : $"an NVIDIA driver ({Driver})");
        }

        if (Toolkit.Where(library => !CanLoad(library)).ToArray() is { Length: > 0 } toolkit)
        {
            missing.Add($"CUDA 13 ({string.Join(", ", toolkit)})");
        }

        if (!CanLoad("libcudnn.so.9"))
        {
            missing.Add("cuDNN 9 (libcudnn.so.9)");
        }

        return missing.Count == 0 ? (null, device) : (string.Join(", ", missing), null);
    }

    /// <summary>Where the native runtime was loaded from: it looks for its other libraries beside itself.</summary>
    private static string RuntimeFolder()
    {
        var mapping = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.Contains("/libonnxruntime.so", StringComparison.Ordinal));
        return Path.GetDirectoryName(mapping?[mapping.IndexOf('/')..]) ?? AppContext.BaseDirectory;
    }

    private static bool CanLoad(string library) => NativeLibrary.TryLoad(library, out _);

    /// <summary>Asked of the driver itself: the library is there on many machines whose device is not.</summary>
    private static string? FirstDevice()
    {
        if (!NativeLibrary.TryLoad(Driver, out var driver) || !NativeLibrary.TryGetExport(driver, "cuInit", out var init) ||
            !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var getCount) || !NativeLibrary.TryGetExport(driver, "cuDeviceGetName", out var getName))
        {
            return null;
        }

        int count;
        if (((delegate* unmanaged<uint, int>)init)(0) != 0 || ((delegate* unmanaged<int*, int>)getCount)(&count) != 0 || count == 0)
        {
            return null;
        }

        var name = stackalloc byte[128];
        return ((delegate* unmanaged<byte*, int, int, int>)getName)(name, 128, 0) == 0
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name))
            : "unnamed device";
    }
}
