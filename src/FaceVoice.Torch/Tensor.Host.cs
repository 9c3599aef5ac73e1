using System.Runtime.CompilerServices;

namespace FaceVoice.Torch;

/// <content>Elements between managed memory and the tensor.</content>
public partial class Tensor
{
    /// <summary>Copies the elements out, in row-major order, from any device.</summary>
    /// <typeparam name="T">The managed type that matches <see cref="dtype"/>: float, double, long, int, short, sbyte, byte, bool or Half.</typeparam>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the elements' type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        T[] values = new T[NumberOfElements];
        CopyTo<T>(values);
        return values;
    }

    /// <summary>Copies the elements into a span of exactly their number, in row-major order, from any device.</summary>
    /// <typeparam name="T">The managed type that matches <see cref="dtype"/>.</typeparam>
    /// <param name="destination">Receives the elements.</param>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the elements' type.</exception>
    /// <exception cref="TorchException">The span's length differs from the number of elements.</exception>
    public unsafe void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        RequireType<T>();
        fixed (T* pointer = destination)
        {
            NativeStatus.Check(
                NativeMethods.TensorToHost(Handle, pointer, (long)destination.Length * sizeof(T)), "tensor.CopyTo");
        }
    }

    /// <summary>Overwrites the elements from managed memory, in row-major order; the tensor keeps its device. Not recorded by autograd.</summary>
    /// <typeparam name="T">The managed type that matches <see cref="dtype"/>.</typeparam>
    /// <param name="source">As many values as the tensor has elements.</param>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the elements' type.</exception>
    /// <exception cref="TorchException">The span's length differs from the number of elements.</exception>
    public unsafe void CopyFrom<T>(ReadOnlySpan<T> source)
        where T : unmanaged
    {
        RequireType<T>();
        fixed (T* pointer = source)
        {
            NativeStatus.Check(
                NativeMethods.TensorCopyFromHost(Handle, pointer, (long)source.Length * sizeof(T)), "tensor.CopyFrom");
        }
    }

    /// <summary>Gets the single element, converted to <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">A numeric type or bool.</typeparam>
    /// <exception cref="TorchException">The tensor has more elements than one, or none.</exception>
    public T item<T>()
        where T : unmanaged
    {
        NativeStatus.Check(NativeMethods.TensorItem(Handle, out double number, out long integer), "tensor.item");
        bool whole = dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64);
        return (T)Convert.ChangeType(
            whole ? integer : number, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Gets the single element as a float.</summary>
    public float ToSingle() => (float)ToDouble();

    /// <summary>Gets the single element as a double.</summary>
    /// <exception cref="TorchException">The tensor has more elements than one, or none.</exception>
    public double ToDouble()
    {
        NativeStatus.Check(NativeMethods.TensorItem(Handle, out double number, out _), "tensor.item");
        return number;
    }

    /// <summary>Gets the single element as an integer; fractions are cut.</summary>
    /// <exception cref="TorchException">The tensor has more elements than one, or none.</exception>
    public long ToInt64()
    {
        NativeStatus.Check(NativeMethods.TensorItem(Handle, out double number, out long integer), "tensor.item");
        return integer != 0 ? integer : (long)number;
    }

    /// <summary>Gets the single element as a truth value.</summary>
    public bool ToBoolean() => ToDouble() != 0;

    /// <summary>Makes a tensor from managed memory.</summary>
    internal static unsafe Tensor FromHost<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        long elements = 1;
        foreach (long size in sizes)
        {
            elements *= size;
        }

        if (elements != values.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values do not fill a tensor of shape [{string.Join(", ", sizes.ToArray())}].", nameof(values));
        }

        nint result;
        fixed (T* pointer = values)
        fixed (long* shape = sizes)
        {
            NativeStatus.Check(
                NativeMethods.TensorFromHost(pointer, (int)TypeOf<T>(), shape, sizes.Length, out result), "torch.tensor");
        }

        return Own(result);
    }

    /// <summary>The elements of a contiguous tensor on the CPU, to be changed in place; noted as a write for autograd.</summary>
    internal unsafe Span<float> WritableFloats()
    {
        NativeStatus.Check(NativeMethods.TensorWritePointer(Handle, out nint pointer), "tensor.data");
        return new Span<float>((void*)pointer, checked((int)NumberOfElements));
    }

    /// <summary>The elements of a contiguous tensor on the CPU.</summary>
    internal unsafe ReadOnlySpan<float> ReadableFloats()
    {
        NativeStatus.Check(NativeMethods.TensorReadPointer(Handle, out nint pointer), "tensor.data");
        return new ReadOnlySpan<float>((void*)pointer, checked((int)NumberOfElements));
    }

    private static ScalarType? MaybeTypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.Boolean => ScalarType.Bool,
        _ => typeof(T) == typeof(Half) ? ScalarType.Float16 : null,
    };

    private static ScalarType TypeOf<T>() => MaybeTypeOf<T>()
        ?? throw new NotSupportedException($"{typeof(T).Name} is no element type of a tensor.");

    private void RequireType<T>()
        where T : unmanaged
    {
        if (MaybeTypeOf<T>() != dtype || Unsafe.SizeOf<T>() != ElementSize)
        {
            throw new InvalidOperationException($"The tensor holds {dtype}, not {typeof(T).Name}.");
        }
    }
}
