using System.Runtime.InteropServices;

namespace FaceVoice.Models;

/// <summary>An element type as files spell it, and how its little-endian bytes become one of the three types in memory.</summary>
internal sealed class StoredElement
{
    public static readonly StoredElement Float32 = new(4, bytes => Copy<float>(bytes));
    public static readonly StoredElement Float64 = new(8, bytes => Copy<double>(bytes));
    public static readonly StoredElement Int64 = new(8, bytes => Copy<long>(bytes));
    public static readonly StoredElement Float16 = new(2, bytes => Widen<ushort, float>(bytes, bits => (float)BitConverter.UInt16BitsToHalf(bits)));
    public static readonly StoredElement BFloat16 = new(2, bytes => Widen<ushort, float>(bytes, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)));
    public static readonly StoredElement Int32 = new(4, bytes => Widen<int, long>(bytes, value => value));
    public static readonly StoredElement Int16 = new(2, bytes => Widen<short, long>(bytes, value => value));
    public static readonly StoredElement Int8 = new(1, bytes => Widen<sbyte, long>(bytes, value => value));
    public static readonly StoredElement UInt32 = new(4, bytes => Widen<uint, long>(bytes, value => value));
    public static readonly StoredElement UInt16 = new(2, bytes => Widen<ushort, long>(bytes, value => value));
    public static readonly StoredElement UInt8 = new(1, bytes => Widen<byte, long>(bytes, value => value));
    public static readonly StoredElement Bool = new(1, bytes => Widen<byte, long>(bytes, value => value == 0 ? 0 : 1));

    private readonly Func<ReadOnlyMemory<byte>, Array> _decode;

    private StoredElement(int size, Func<ReadOnlyMemory<byte>, Array> decode)
    {
        Size = size;
        _decode = decode;
    }

    /// <summary>Bytes per element.</summary>
    public int Size { get; }

    public static StoredElement? OfSafeTensors(string? dtype) => dtype switch
    {
        "F32" => Float32,
        "F64" => Float64,
        "F16" => Float16,
        "BF16" => BFloat16,
        "I64" => Int64,
        "I32" => Int32,
        "I16" => Int16,
        "I8" => Int8,
        "U32" => UInt32,
        "U16" => UInt16,
        "U8" => UInt8,
        "BOOL" => Bool,
        _ => null,
    };

    /// <summary>By the kind and size that a .npy header spells, such as <c>f4</c>.</summary>
    public static StoredElement? OfNumpy(ReadOnlySpan<char> descr) => descr switch
    {
        "f4" => Float32,
        "f8" => Float64,
        "f2" => Float16,
        "i8" => Int64,
        "i4" => Int32,
        "i2" => Int16,
        "i1" => Int8,
        "u4" => UInt32,
        "u2" => UInt16,
        "u1" => UInt8,
        "b1" => Bool,
        _ => null,
    };

    /// <summary>By the class name of a PyTorch storage.</summary>
    public static StoredElement? OfTorchStorage(string? name) => name switch
    {
        "FloatStorage" => Float32,
        "DoubleStorage" => Float64,
        "HalfStorage" => Float16,
        "BFloat16Storage" => BFloat16,
        "LongStorage" => Int64,
        "IntStorage" => Int32,
        "ShortStorage" => Int16,
        "CharStorage" => Int8,
        "ByteStorage" => UInt8,
        "BoolStorage" => Bool,
        _ => null,
    };

    /// <summary>A new array of float, double or long.</summary>
    public Array Decode(ReadOnlyMemory<byte> bytes) => _decode(bytes);

    /// <summary>The bytes of a tensor in its own type, little endian.</summary>
    public static byte[] Encode(NamedTensor tensor) => tensor.ElementType switch
    {
        TensorElementType.Float32 => Bytes(tensor.Floats.Span),
        TensorElementType.Float64 => Bytes(tensor.Doubles.Span),
        _ => Bytes(tensor.Integers.Span),
    };

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        RequireLittleEndian();
        return MemoryMarshal.AsBytes(values).ToArray();
    }

    private static T[] Copy<T>(ReadOnlyMemory<byte> bytes)
        where T : unmanaged
    {
        RequireLittleEndian();
        return MemoryMarshal.Cast<byte, T>(bytes.Span).ToArray();
    }

    private static TTo[] Widen<TFrom, TTo>(ReadOnlyMemory<byte> bytes, Func<TFrom, TTo> widen)
        where TFrom : unmanaged
    {
        RequireLittleEndian();
        var from = MemoryMarshal.Cast<byte, TFrom>(bytes.Span);
        var to = new TTo[from.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = widen(from[i]);
        }

        return to;
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Weight files are little endian, and so must the machine be.");
        }
    }
}
