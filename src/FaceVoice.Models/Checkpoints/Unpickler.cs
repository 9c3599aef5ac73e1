using System.Buffers.Binary;
using System.Text;

namespace FaceVoice.Models.Checkpoints;

/// <summary>
/// A pickle reader that knows how to build tensors' descriptions, numbers, text and containers, and nothing else. It has no way to call code: REDUCE
/// accepts the three constructors of <see cref="PickleGlobal"/>, and every opcode that makes objects in other ways is refused.
/// Opcodes: Python's <c>pickletools</c>, protocols 2 to 5.
/// </summary>
internal sealed class Unpickler(byte[] pickle, string file)
{
    private readonly PickleMachine _machine = new(file);
    private int _position;

    /// <summary>Runs the pickle to its STOP and returns the top level value.</summary>
    public object? Load()
    {
        while (true)
        {
            var opcode = (char)ReadByte();
            if (opcode == '.')
            {
                return _machine.Pop();
            }

            if (!TryValue(opcode) && !TryContainer(opcode) && !TryMemo(opcode) && !TryObject(opcode))
            {
                throw new ModelFormatException($"{file}: refused: pickle opcode 0x{(int)opcode:x2} at byte {_position - 1} makes something other than tensors and plain containers.");
            }
        }
    }

    private bool TryValue(char opcode)
    {
        switch (opcode)
        {
            case 'N': _machine.Push(null); return true;
            case '\x88': _machine.Push(true); return true;
            case '\x89': _machine.Push(false); return true;
            case 'K': _machine.Push((long)ReadByte()); return true;
            case 'M': _machine.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Read(2))); return true;
            case 'J': _machine.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Read(4))); return true;
            case '\x8a': _machine.Push(ReadLong()); return true;
            case 'G': _machine.Push(BinaryPrimitives.ReadDoubleBigEndian(Read(8))); return true;
            case 'X': _machine.Push(ReadText(ReadLength())); return true;
            case '\x8c': _machine.Push(ReadText(ReadByte())); return true;
            default: return false;
        }
    }

    private bool TryContainer(char opcode)
    {
        switch (opcode)
        {
            case '(': _machine.Mark(); return true;
            case ')': _machine.Push(Array.Empty<object?>()); return true;
            case '\x85': _machine.Push(_machine.PopTuple(1)); return true;
            case '\x86': _machine.Push(_machine.PopTuple(2)); return true;
            case '\x87': _machine.Push(_machine.PopTuple(3)); return true;
            case 't': _machine.Push(_machine.PopToMark()); return true;
            case ']': _machine.Push(new List<object?>()); return true;
            case 'a': Append([_machine.Pop()]); return true;
            case 'e': Append(_machine.PopToMark()); return true;
            case '}': _machine.Push(new PickleDictionary()); return true;
            case 's': SetItems(_machine.PopTuple(2)); return true;
            case 'u': SetItems(_machine.PopToMark()); return true;
            default: return false;
        }
    }

    private bool TryMemo(char opcode)
    {
        switch (opcode)
        {
            case '\x80': RequireProtocol(ReadByte()); return true;
            case '\x95': Read(8); return true; // FRAME: a hint about buffering
            case 'q': _machine.Remember(ReadByte()); return true;
            case 'r': _machine.Remember(BinaryPrimitives.ReadUInt32LittleEndian(Read(4))); return true;
            case '\x94': _machine.RememberNext(); return true;
            case 'h': _machine.Recall(ReadByte()); return true;
            case 'j': _machine.Recall(BinaryPrimitives.ReadUInt32LittleEndian(Read(4))); return true;
            case '0': _machine.Pop(); return true;
            default: return false;
        }
    }

    private bool TryObject(char opcode)
    {
        switch (opcode)
        {
            case 'c': _machine.Push(PickleGlobal.Resolve(ReadLine(), ReadLine(), file)); return true;
            case '\x93':
                var name = _machine.Pop<string>();
                _machine.Push(PickleGlobal.Resolve(_machine.Pop<string>(), name, file));
                return true;
            case 'Q': _machine.Push(ResolveStorage(_machine.Pop<object?[]>())); return true;
            case 'R':
                var arguments = _machine.Pop<object?[]>();
                _machine.Push(Call(_machine.Pop<PickleGlobal>(), arguments));
                return true;
            case 'b': DropAttributes(); return true;
            default: return false;
        }
    }

    private object? Call(PickleGlobal global, object?[] arguments) => (global.Kind, arguments) switch
    {
        (PickleGlobalKind.OrderedDictionary, []) => new PickleDictionary(),
        (PickleGlobalKind.Tensor, [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..]) when arguments.Length is 6 or 7 =>
            MakeTensor(storage, offset, shape, strides),
        (PickleGlobalKind.Parameter, [PickleTensor tensor, ..]) => tensor,
        _ => throw new ModelFormatException($"{file}: refused: the checkpoint calls '{global.Name}' in a way that makes no tensor."),
    };

    private PickleTensor MakeTensor(PickleStorage storage, long offset, object?[] shape, object?[] strides)
    {
        try
        {
            return new(storage, offset, Sizes(shape), Sizes(strides));
        }
        catch (ModelFormatException error)
        {
            throw new ModelFormatException($"{file}: {error.Message}", error);
        }
    }

    private long[] Sizes(object?[] values) => Array.ConvertAll(values, value => value is long size ? size : throw _machine.Malformed("a size is not a whole number"));

    private PickleStorage ResolveStorage(object?[] id) => id is ["storage", PickleGlobal { Element: { } element }, string key, string, long count] && count >= 0
        ? new(key, element, count)
        : throw _machine.Malformed("a persistent id is not that of a storage");

    // torch.save attaches _metadata to the state dict; attributes of anything else are not expected.
    private void DropAttributes()
    {
        _machine.Pop();
        _machine.Peek<PickleDictionary>();
    }

    private void Append(object?[] values) => _machine.Peek<List<object?>>().AddRange(values);

    private void SetItems(object?[] pairs)
    {
        var dictionary = _machine.Peek<PickleDictionary>();
        if (pairs.Length % 2 != 0)
        {
            throw _machine.Malformed("a key has no value");
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is not (string or long))
            {
                throw _machine.Malformed("a key is neither text nor a whole number");
            }

            dictionary[pairs[i]!] = pairs[i + 1];
        }
    }

    private void RequireProtocol(int version)
    {
        if (version is < 2 or > 5)
        {
            throw _machine.Malformed($"protocol {version} is not known");
        }
    }

    private long ReadLong()
    {
        var bytes = Read(ReadByte());
        if (bytes.Length > sizeof(long))
        {
            throw _machine.Malformed("a whole number has more than 64 bits");
        }

        var value = 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        var unused = 64 - (8 * bytes.Length);
        return bytes.Length is 0 or sizeof(long) ? value : value << unused >> unused;
    }

    private string ReadLine()
    {
        var length = pickle.AsSpan(_position).IndexOf((byte)'\n');
        if (length is < 0 or > 1024)
        {
            throw _machine.Malformed("a line does not end");
        }

        var line = ReadText(length);
        _position++;
        return line;
    }

    private int ReadLength()
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Read(4));
        return length <= pickle.Length ? (int)length : throw _machine.Malformed("it ends too early");
    }

    private string ReadText(int length) => Encoding.UTF8.GetString(Read(length));

    private byte ReadByte() => Read(1)[0];

    private ReadOnlySpan<byte> Read(int count)
    {
        if (count > pickle.Length - _position)
        {
            throw _machine.Malformed("it ends too early");
        }

        var bytes = pickle.AsSpan(_position, count);
        _position += count;
        return bytes;
    }
}

/// <summary>Makes text from a hostile file fit for a message: no control characters, not too long.</summary>
internal static class PickleText
{
    public static string Printable(string text)
    {
        var shown = text.Length > 80 ? text[..80] + "..." : text;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}
