namespace FaceVoice.Torch;

/// <content>Gradients.</content>
public partial class Tensor
{
    /// <summary>Gets or sets a value indicating whether operations on the tensor are recorded for differentiation.</summary>
    /// <exception cref="TorchException">The tensor is not floating point, or no leaf.</exception>
    public bool requires_grad
    {
        get => Info.RequiresGrad != 0;
        set => NativeStatus.Check(NativeMethods.TensorSetRequiresGrad(Handle, value ? 1 : 0), "tensor.requires_grad");
    }

    /// <summary>Gets a value indicating whether no recorded operation made the tensor.</summary>
    public bool is_leaf => Info.Leaf != 0;

    /// <summary>Gets or sets the accumulated gradient; null before the first backward pass.</summary>
    /// <remarks>Each read gives a new reference to the same native tensor, registered with the current scope.</remarks>
    public Tensor? grad
    {
        get
        {
            NativeStatus.Check(NativeMethods.TensorGrad(Handle, out nint found), "tensor.grad");
            return found == 0 ? null : Own(found);
        }

        set
        {
            nint given = value is null ? 0 : value.Handle.DangerousGetHandle();
            NativeStatus.Check(NativeMethods.TensorSetGrad(Handle, given), "tensor.grad");
            GC.KeepAlive(value);
        }
    }

    /// <summary>Sets <see cref="requires_grad"/>.</summary>
    /// <param name="value">Whether to record.</param>
    /// <returns>This tensor.</returns>
    public Tensor requires_grad_(bool value = true)
    {
        requires_grad = value;
        return this;
    }

    /// <summary>Computes the gradients of this tensor with respect to the leaves of its graph and adds them to theirs.</summary>
    /// <param name="gradient">The gradient with respect to this tensor; may be left out for a scalar.</param>
    /// <param name="retain_graph">Keeps the graph for another pass.</param>
    /// <param name="create_graph">Records the pass itself, for higher derivatives.</param>
    public void backward(Tensor? gradient = null, bool retain_graph = false, bool create_graph = false)
    {
        nint given = gradient is null ? 0 : gradient.Handle.DangerousGetHandle();
        int status = NativeMethods.TensorBackward(Handle, given, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0);
        GC.KeepAlive(gradient);
        NativeStatus.Check(status, "tensor.backward");
    }

    /// <summary>Asks autograd to keep the gradient of a tensor that is no leaf.</summary>
    public void retain_grad() => NativeStatus.Check(NativeMethods.TensorRetainGrad(Handle), "tensor.retain_grad");

    /// <summary>Gives a tensor that shares the elements but not the graph.</summary>
    public Tensor detach() => Operators.Detach.Call(this);

    /// <summary>Lets the tensor refer to another's elements (and take its type, shape and device), keeping its identity in optimisers.</summary>
    /// <param name="data">The tensor to refer to.</param>
    internal void SetData(Tensor data) =>
        NativeStatus.Check(NativeMethods.TensorSetData(Handle, data.Handle), "tensor.set_data");
}
