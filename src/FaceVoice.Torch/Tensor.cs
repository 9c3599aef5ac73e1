using System.Globalization;

namespace FaceVoice.Torch;

/// <summary>
/// A LibTorch tensor: an n-dimensional array on a device, with its place in the autograd graph. Owns native memory.
/// </summary>
/// <remarks>
/// A tensor registers with the thread's innermost <see cref="DisposeScope"/> when it is made; outside of any scope its holder
/// disposes it (a finalizer frees what was forgotten, late). Reading from several threads is safe, changing is not.
/// Operators broadcast as in PyTorch; a method whose name ends in <c>_</c> changes the tensor and returns it. Errors arrive as
/// <see cref="TorchException"/>, use after disposal as <see cref="ObjectDisposedException"/>.
/// </remarks>
public partial class Tensor : IDisposable
{
    internal Tensor(TensorHandle handle)
    {
        Handle = handle;
        DisposeScope.Register(this);
    }

    /// <summary>Gets the number of native tensor handles alive in the process; flat over training steps when nothing leaks.</summary>
    public static long TotalCount => NativeMethods.LiveHandles();

    /// <summary>Gets the size of each dimension; empty for a scalar.</summary>
    public unsafe long[] shape
    {
        get
        {
            long[] sizes = new long[Info.Dimensions];
            long* strides = stackalloc long[sizes.Length];
            fixed (long* pointer = sizes)
            {
                NativeStatus.Check(NativeMethods.TensorLayout(Handle, pointer, strides), "tensor.shape");
            }

            return sizes;
        }
    }

    /// <summary>Gets the step between neighbours of each dimension, in elements.</summary>
    public unsafe long[] stride
    {
        get
        {
            long[] strides = new long[Info.Dimensions];
            long* sizes = stackalloc long[strides.Length];
            fixed (long* pointer = strides)
            {
                NativeStatus.Check(NativeMethods.TensorLayout(Handle, sizes, pointer), "tensor.stride");
            }

            return strides;
        }
    }

    /// <summary>Gets the number of dimensions.</summary>
    public int ndim => Info.Dimensions;

    /// <summary>Gets the number of elements.</summary>
    public long NumberOfElements => Info.Elements;

    /// <summary>Gets the size of one element, in bytes.</summary>
    public int ElementSize => Info.ElementSize;

    /// <summary>Gets the type of the elements.</summary>
    public ScalarType dtype => (ScalarType)Info.Type;

    /// <summary>Gets the device on which the elements live.</summary>
    public Device device
    {
        get
        {
            NativeTensorInfo info = Info;
            return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
        }
    }

    /// <summary>Gets a value indicating whether the elements lie in row-major order without gaps.</summary>
    public bool is_contiguous => Info.Contiguous != 0;

    /// <summary>Gets a value indicating whether the tensor was disposed.</summary>
    public bool IsDisposed => Handle.IsClosed;

    internal TensorHandle Handle { get; }

    internal DisposeScope? Scope { get; set; }

    internal int ScopeSlot { get; set; }

    private NativeTensorInfo Info
    {
        get
        {
            NativeStatus.Check(NativeMethods.TensorInfo(Handle, out NativeTensorInfo info), "tensor.info");
            return info;
        }
    }

    /// <summary>Gets the number of dimensions.</summary>
    public int dim() => ndim;

    /// <summary>Gets the number of elements.</summary>
    public long numel() => NumberOfElements;

    /// <summary>Gets the size of one dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long size(int dim)
    {
        long[] sizes = shape;
        int place = dim < 0 ? dim + sizes.Length : dim;
        return (uint)place < (uint)sizes.Length
            ? sizes[place]
            : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {sizes.Length} dimensions.");
    }

    /// <summary>Takes the tensor out of every <see cref="DisposeScope"/>: from now on its holder disposes it.</summary>
    /// <returns>This tensor.</returns>
    public Tensor DetachFromDisposeScope()
    {
        Scope?.Remove(this);
        return this;
    }

    /// <summary>Hands the tensor to the scope outside its own, or to its holder when that is the outermost.</summary>
    /// <returns>This tensor.</returns>
    public Tensor MoveToOuterDisposeScope()
    {
        Scope?.MoveToOuter(this);
        return this;
    }

    /// <summary>Frees the native tensor (or rather this reference: autograd and views keep theirs).</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Tells type, shape and device; never the elements.</summary>
    public override string ToString() => IsDisposed
        ? "disposed tensor"
        : string.Create(CultureInfo.InvariantCulture, $"{dtype}[{string.Join(", ", shape)}] on {device}");

    /// <summary>Wraps a native handle whose reference becomes the tensor's.</summary>
    internal static Tensor Own(nint handle) => new(new TensorHandle(handle));

    /// <summary>Frees the native tensor.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>; the handle has its own finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Scope?.Remove(this);
            Handle.Dispose();
        }
    }
}
