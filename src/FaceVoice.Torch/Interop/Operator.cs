using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVoice.Torch.Interop;

/// <summary>
/// One LibTorch operator, found by name on first use, so that one that a version lacks does not break the others. Thread-safe.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int MostOnStack = 256;
    private nint _handle;

    public string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Calls an operator that gives one tensor.</summary>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        nint result = 0;
        Invoke(arguments, &result, 1);
        return Tensor.Own(result);
    }

    /// <summary>Calls an operator that changes its first argument; nothing new is made.</summary>
    public void CallInPlace(params ReadOnlySpan<Argument> arguments)
    {
        nint result = 0;
        Invoke(arguments, &result, 1);
        if (result != 0)
        {
            NativeMethods.TensorFree(result);
        }
    }

    /// <summary>Calls an operator that gives several tensors or a list; an undefined one is null.</summary>
    public Tensor?[] CallMany(int capacity, params ReadOnlySpan<Argument> arguments)
    {
        nint[] results = new nint[capacity];
        int count;
        fixed (nint* pointer = results)
        {
            count = Invoke(arguments, pointer, capacity);
        }

        Tensor?[] tensors = new Tensor?[count];
        for (int n = 0; n < count; n++)
        {
            tensors[n] = results[n] == 0 ? null : Tensor.Own(results[n]);
        }

        return tensors;
    }

    private static int ListLength(in Argument argument) => argument.Reference switch
    {
        Array array => array.Length,
        string text => Encoding.UTF8.GetMaxByteCount(text.Length) / sizeof(long) + 1,
        _ => 0,
    };

    private static void Release(ReadOnlySpan<Argument> arguments, int held)
    {
        foreach (ref readonly Argument argument in arguments)
        {
            if (argument.Reference is Tensor tensor && held-- > 0)
            {
                tensor.Handle.DangerousRelease();
            }
            else if (argument.Tag == ArgumentTag.TensorList)
            {
                foreach (Tensor? item in (Tensor?[])argument.Reference!)
                {
                    if (item is not null && held-- > 0)
                    {
                        item.Handle.DangerousRelease();
                    }
                }
            }
        }
    }

    private static nint Hold(Tensor? tensor, ref int held)
    {
        if (tensor is null)
        {
            return 0;
        }

        bool added = false;
        tensor.Handle.DangerousAddRef(ref added);
        held++;
        return tensor.Handle.DangerousGetHandle();
    }

    private int Invoke(ReadOnlySpan<Argument> arguments, nint* results, int capacity)
    {
        int places = 0;
        foreach (ref readonly Argument argument in arguments)
        {
            places += ListLength(argument);
        }

        if (places <= MostOnStack)
        {
            long* onStack = stackalloc long[places];
            return Invoke(arguments, results, capacity, onStack);
        }

        long[] rented = ArrayPool<long>.Shared.Rent(places);
        try
        {
            fixed (long* lists = rented)
            {
                return Invoke(arguments, results, capacity, lists);
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }

    private int Invoke(ReadOnlySpan<Argument> arguments, nint* results, int capacity, long* lists)
    {
        NativeArgument* natives = stackalloc NativeArgument[arguments.Length];
        int held = 0;
        try
        {
            for (int n = 0; n < arguments.Length; n++)
            {
                lists = LayOut(arguments[n], ref natives[n], lists, ref held);
            }

            int status = NativeMethods.OperatorCall(Resolve(), natives, arguments.Length, results, capacity, out int count);
            NativeStatus.Check(status, Name);
            return count;
        }
        finally
        {
            Release(arguments, held);
        }
    }

    /// <summary>Writes one argument, its list (if any) at <paramref name="lists"/>; returns where the next list goes.</summary>
    private static long* LayOut(in Argument argument, ref NativeArgument native, long* lists, ref int held)
    {
        native.Tag = (int)argument.Tag;
        native.Length = 0;
        switch (argument.Tag)
        {
            case ArgumentTag.Tensor:
                native.Bits = Hold((Tensor)argument.Reference!, ref held);
                return lists;
            case ArgumentTag.Device:
                native.Bits = argument.Bits >> 32;
                native.Length = (int)argument.Bits;
                return lists;
            case ArgumentTag.IntegerList:
                return LayOut(MemoryMarshal.AsBytes(((long[])argument.Reference!).AsSpan()), sizeof(long), ref native, lists);
            case ArgumentTag.NumberList:
                return LayOut(MemoryMarshal.AsBytes(((double[])argument.Reference!).AsSpan()), sizeof(double), ref native, lists);
            case ArgumentTag.BooleanList:
                return LayOut(MemoryMarshal.AsBytes(((bool[])argument.Reference!).AsSpan()), sizeof(bool), ref native, lists);
            case ArgumentTag.Text:
                return LayOut(Encoding.UTF8.GetBytes((string)argument.Reference!), sizeof(byte), ref native, lists);
            case ArgumentTag.TensorList:
                Tensor?[] tensors = (Tensor?[])argument.Reference!;
                native.Length = tensors.Length;
                native.Bits = (long)lists;
                foreach (Tensor? tensor in tensors)
                {
                    *lists++ = Hold(tensor, ref held);
                }

                return lists;
            default:
                native.Bits = argument.Bits;
                return lists;
        }
    }

    private static long* LayOut(ReadOnlySpan<byte> bytes, int elementSize, ref NativeArgument native, long* lists)
    {
        native.Length = bytes.Length / elementSize;
        native.Bits = (long)lists;
        bytes.CopyTo(new Span<byte>(lists, bytes.Length));
        return lists + (bytes.Length + sizeof(long) - 1) / sizeof(long);
    }

    private nint Resolve()
    {
        if (_handle == 0)
        {
            NativeStatus.Check(NativeMethods.OperatorFind(name, overload, out nint found), Name);
            _handle = found; // two threads may both find it; the operator table keeps either for the life of the process
        }

        return _handle;
    }
}
