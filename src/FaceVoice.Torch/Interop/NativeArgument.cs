using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>An operator's argument as the shim reads it: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeArgument
{
    public int Tag;
    public int Length;
    public long Bits;
}
