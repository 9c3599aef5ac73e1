using System.Buffers.Binary;
using System.Text;

namespace FaceVoice.Models.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode, well-formed or not.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    public PickleWriter() => Raw(0x80, 2);

    public byte[] ToArray() => [.. _bytes, (byte)'.'];

    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    public PickleWriter Global(string module, string name) => Raw(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    public PickleWriter Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op('X').Raw(length).Raw(utf8);
    }

    public PickleWriter Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleWriter Tuple(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (var value in values)
        {
            Number(value);
        }

        return Op('t');
    }

    /// <summary>The value of a tensor: a view of a storage.</summary>
    public PickleWriter Tensor(string storageType, string key, long count, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", storageType).Text(key).Text("cpu").Number(count).Op('t').Op('Q');
        return Number(offset).Tuple(shape).Tuple(strides).Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    /// <summary>A dictionary with one entry.</summary>
    public static PickleWriter Dictionary(string key, Action<PickleWriter> value)
    {
        var writer = new PickleWriter().Op('}').Text(key);
        value(writer);
        return writer.Op('s');
    }
}
