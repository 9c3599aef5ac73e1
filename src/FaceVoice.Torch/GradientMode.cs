namespace FaceVoice.Torch;

/// <summary>Puts back, when disposed, whether this thread records operations. A ref struct: the compiler refuses an <c>await</c> inside.</summary>
public readonly ref struct GradientMode : IDisposable
{
    private readonly bool _before;

    internal GradientMode(bool enabled)
    {
        _before = NativeMethods.GradEnabled() != 0;
        NativeMethods.SetGradEnabled(enabled ? 1 : 0);
    }

    /// <summary>Puts back what was.</summary>
    public void Dispose() => NativeMethods.SetGradEnabled(_before ? 1 : 0);
}
