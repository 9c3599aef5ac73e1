using System.Runtime.InteropServices;

namespace FaceVoice.Media.Images;

/// <summary>Owns one reference to a native picture.</summary>
internal sealed class VipsImageHandle : SafeHandle
{
    public VipsImageHandle(nint image)
        : base(0, ownsHandle: true) => SetHandle(image);

    public override bool IsInvalid => handle == 0;

    /// <summary>Swaps in the next step of a chain and lets go of the previous one.</summary>
    public void Replace(nint next)
    {
        var previous = handle;
        SetHandle(next);
        VipsNative.Release(previous);
    }

    protected override bool ReleaseHandle()
    {
        VipsNative.Release(handle);
        return true;
    }
}
