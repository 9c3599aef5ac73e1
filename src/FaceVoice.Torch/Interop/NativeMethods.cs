using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>The shim's functions. Those that return an <see cref="int"/> status are passed through <see cref="NativeStatus"/>.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Shim = NativeLibraryLoader.ShimName;

#pragma warning disable CA1810 // The resolver must be in place before the first call, whichever that is.
    static NativeMethods() => NativeLibraryLoader.Register();
#pragma warning restore CA1810

    [LibraryImport(Shim, EntryPoint = "fv_last_error")]
    public static partial nint LastError();

    [LibraryImport(Shim, EntryPoint = "fv_version")]
    public static partial nint Version();

    [LibraryImport(Shim, EntryPoint = "fv_live_handles")]
    public static partial long LiveHandles();

    [LibraryImport(Shim, EntryPoint = "fv_operator_find", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OperatorFind(string name, string overload, out nint op);

    [LibraryImport(Shim, EntryPoint = "fv_operator_call")]
    public static partial int OperatorCall(
        nint op, NativeArgument* arguments, int given, nint* results, int capacity, out int count);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_free")]
    public static partial void TensorFree(nint tensor);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_from_host")]
    public static partial int TensorFromHost(void* data, int type, long* sizes, int dimensions, out nint result);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_to_host")]
    public static partial int TensorToHost(TensorHandle tensor, void* data, long bytes);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_copy_from_host")]
    public static partial int TensorCopyFromHost(TensorHandle tensor, void* data, long bytes);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_info")]
    public static partial int TensorInfo(TensorHandle tensor, out NativeTensorInfo info);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_layout")]
    public static partial int TensorLayout(TensorHandle tensor, long* sizes, long* strides);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_item")]
    public static partial int TensorItem(TensorHandle tensor, out double asNumber, out long asInteger);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_write_pointer")]
    public static partial int TensorWritePointer(TensorHandle tensor, out nint data);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_read_pointer")]
    public static partial int TensorReadPointer(TensorHandle tensor, out nint data);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_set_data")]
    public static partial int TensorSetData(TensorHandle tensor, TensorHandle data);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_set_requires_grad")]
    public static partial int TensorSetRequiresGrad(TensorHandle tensor, int value);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_grad")]
    public static partial int TensorGrad(TensorHandle tensor, out nint grad);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_set_grad")]
    public static partial int TensorSetGrad(TensorHandle tensor, nint grad);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_retain_grad")]
    public static partial int TensorRetainGrad(TensorHandle tensor);

    [LibraryImport(Shim, EntryPoint = "fv_tensor_backward")]
    public static partial int TensorBackward(TensorHandle tensor, nint gradient, int retainGraph, int createGraph);

    [LibraryImport(Shim, EntryPoint = "fv_grad_enabled")]
    public static partial int GradEnabled();

    [LibraryImport(Shim, EntryPoint = "fv_set_grad_enabled")]
    public static partial void SetGradEnabled(int enabled);

    [LibraryImport(Shim, EntryPoint = "fv_inference_mode_enter")]
    public static partial int InferenceModeEnter(int enabled, out nint guard);

    [LibraryImport(Shim, EntryPoint = "fv_inference_mode_leave")]
    public static partial void InferenceModeLeave(nint guard);

    [LibraryImport(Shim, EntryPoint = "fv_manual_seed")]
    public static partial int ManualSeed(long seed);

    [LibraryImport(Shim, EntryPoint = "fv_rng_get_state")]
    public static partial int RngGetState(int deviceType, int deviceIndex, out nint state);

    [LibraryImport(Shim, EntryPoint = "fv_rng_set_state")]
    public static partial int RngSetState(int deviceType, int deviceIndex, TensorHandle state);

    [LibraryImport(Shim, EntryPoint = "fv_get_num_threads")]
    public static partial int GetNumThreads();

    [LibraryImport(Shim, EntryPoint = "fv_set_num_threads")]
    public static partial int SetNumThreads(int threads);

    [LibraryImport(Shim, EntryPoint = "fv_cuda_device_count")]
    public static partial int CudaDeviceCount();

    [LibraryImport(Shim, EntryPoint = "fv_cuda_synchronize")]
    public static partial int CudaSynchronize(int deviceIndex);

    [LibraryImport(Shim, EntryPoint = "fv_set_deterministic")]
    public static partial int SetDeterministic(int enabled);

    [LibraryImport(Shim, EntryPoint = "fv_set_allow_tf32")]
    public static partial int SetAllowTf32(int enabled);

    [LibraryImport(Shim, EntryPoint = "fv_autocast_get")]
    public static partial int AutocastGet(int deviceType, out int enabled, out int type);

    [LibraryImport(Shim, EntryPoint = "fv_autocast_set")]
    public static partial int AutocastSet(int deviceType, int enabled, int type);

    [LibraryImport(Shim, EntryPoint = "fv_autocast_enter")]
    public static partial void AutocastEnter();

    [LibraryImport(Shim, EntryPoint = "fv_autocast_leave")]
    public static partial void AutocastLeave();
}
