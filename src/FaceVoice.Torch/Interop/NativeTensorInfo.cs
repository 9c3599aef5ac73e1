using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>What the shim tells about a tensor in one call: 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeTensorInfo
{
    public long Elements;
    public int Type;
    public int Dimensions;
    public int DeviceType;
    public int DeviceIndex;
    public int RequiresGrad;
    public int Contiguous;
    public int Leaf;
    public int ElementSize;
}
