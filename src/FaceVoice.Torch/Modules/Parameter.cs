namespace FaceVoice.Torch.Modules;

/// <summary>A leaf tensor that a module trains. Belongs to no <see cref="DisposeScope"/>: its module frees it.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Makes a parameter over a tensor's elements.</summary>
    /// <param name="data">The elements; the parameter takes them over and disposes the tensor.</param>
    /// <param name="requires_grad">Whether it is trained.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(Leaf(data))
    {
        DetachFromDisposeScope();
        this.requires_grad = requires_grad;
    }

    private static TensorHandle Leaf(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        TensorHandle handle = data.detach().DetachFromDisposeScope().Handle;
        data.Dispose();
        return handle;
    }
}
