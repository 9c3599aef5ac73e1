namespace FaceVoice.Torch;

/// <summary>LibTorch refused or failed an operation.</summary>
public sealed class TorchException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">The operator, such as <c>aten::matmul</c>.</param>
    /// <param name="reason">LibTorch's first sentence.</param>
    public TorchException(string operation, string reason)
        : base($"{operation}: {reason}")
    {
        Operation = operation;
        Reason = reason;
    }

    /// <summary>Gets the operator or function that failed, such as <c>aten::matmul</c>.</summary>
    public string Operation { get; }

    /// <summary>Gets what LibTorch said, cut to its first sentence.</summary>
    public string Reason { get; }
}
