namespace FaceVoice.Torch;

/// <summary>Leaves, when disposed, the inference mode that <see cref="torch.inference_mode"/> entered on this thread.</summary>
public readonly ref struct InferenceMode : IDisposable
{
    private readonly nint _guard;

    /// <summary>Enters inference mode.</summary>
    public InferenceMode() =>
        NativeStatus.Check(NativeMethods.InferenceModeEnter(1, out _guard), "torch.inference_mode");

    /// <summary>Puts back what was.</summary>
    public void Dispose() => NativeMethods.InferenceModeLeave(_guard);
}
