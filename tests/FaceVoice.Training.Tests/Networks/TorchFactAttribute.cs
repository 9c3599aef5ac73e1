using System.Runtime.CompilerServices;
using Xunit;

namespace FaceVoice.Training.Tests.Networks;

/// <summary>A test that needs LibTorch; skipped, with what is missing, where it cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    private static readonly string? Missing = torch.IsAvailable(out string reason) ? null : reason;

    public TorchFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Missing;
}
