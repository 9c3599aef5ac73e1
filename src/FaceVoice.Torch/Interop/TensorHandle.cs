using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>Owns one reference to a native tensor.</summary>
internal sealed class TensorHandle : SafeHandle
{
    public TensorHandle(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.TensorFree(handle);
        return true;
    }
}
