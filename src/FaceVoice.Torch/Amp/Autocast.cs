namespace FaceVoice.Torch.Amp;

/// <summary>
/// Until disposed, LibTorch chooses a half precision for the operators of this thread that gain by it and keeps single precision for
/// the others. A ref struct: the compiler refuses an <c>await</c> inside.
/// </summary>
public readonly ref struct Autocast : IDisposable
{
    private readonly int _device;
    private readonly int _enabledBefore;
    private readonly int _typeBefore;

    internal Autocast(DeviceType device, ScalarType type, bool enabled)
    {
        _device = (int)device;
        NativeStatus.Check(NativeMethods.AutocastGet(_device, out _enabledBefore, out _typeBefore), "torch.autocast");
        NativeStatus.Check(NativeMethods.AutocastSet(_device, enabled ? 1 : 0, (int)type), "torch.autocast");
        NativeMethods.AutocastEnter();
    }

    /// <summary>Puts back what was; the copies of weights in half precision are freed with the outermost region.</summary>
    public void Dispose()
    {
        NativeMethods.AutocastLeave();
        NativeStatus.Check(NativeMethods.AutocastSet(_device, _enabledBefore, _typeBefore), "torch.autocast");
    }
}
