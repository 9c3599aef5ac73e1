namespace FaceVoice.Media.Images;

/// <summary>Reads a lossless WebP bit stream (RFC 9649, section 3) as far as the number of its groups of prefix codes.</summary>
/// <remarks>
/// The decoder builds the tables of as many groups as the largest number in the image of group numbers asks for, 21 kB and more each: a
/// file of 160 kB
/// that names 65,536 of them took 1.4 GB. Encoders have at most as many groups as blocks to use them in, and libwebp no more than 2,600.
/// What comes before
/// that number are small images, of which the codes are followed but no pixels kept. Anything that the format does not allow is refused, so
/// that there is
/// nothing that the decoder could read differently.
/// </remarks>
internal ref struct LosslessWebp
{
    private const int MostGroups = 3_000;
    private const int LongestCode = 15;
    private const int Literals = 256, LengthCodes = 24, DistanceCodes = 40;

    private readonly ReadOnlySpan<byte> _bytes;
    private long _bit;

    private LosslessWebp(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    private static ReadOnlySpan<byte> CodeLengthOrder => [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>Refuses a stream whose tables would take far more memory than an image of its size needs.</summary>
    /// <param name="bytes">The bit stream behind its header of signature and size.</param>
    /// <param name="width">The width that the header names, in pixels.</param>
    /// <param name="height">The height.</param>
    /// <exception cref="CorruptMediaException">It is damaged.</exception>
    /// <exception cref="MediaLimitException">It has too many groups.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, int width, int height)
    {
        var stream = new LosslessWebp(bytes);
        width = stream.SkipTransforms(width, height);
        stream.ReadCacheSize();
        if (stream.Read(1) == 0)
        {
            return;
        }

        var blockBits = stream.Read(3) + 2;
        var (columns, rows) = (Blocks(width, blockBits), Blocks(height, blockBits));
        var groups = stream.ReadImage(columns, rows) + 1;
        if (groups > Math.Min(MostGroups, (long)columns * rows))
        {
            throw new MediaLimitException(
                $"The WebP has {groups} groups of prefix codes for {(long)columns * rows} blocks; as many as blocks and at most {MostGroups} are allowed.");
        }
    }

    private static int Blocks(int size, int bits) => (size + (1 << bits) - 1) >> bits;

    /// <returns>The width that is left: pixels of few colours are packed.</returns>
    private int SkipTransforms(int width, int height)
    {
        for (var seen = 0; Read(1) != 0;)
        {
            var kind = Read(2);
            if ((seen >> kind & 1) != 0)
            {
                throw Damaged();
            }

            seen |= 1 << kind;
            if (kind == 3)
            {
                var colours = Read(8) + 1;
                ReadImage(colours, 1);
                width = Blocks(width, colours switch { <= 2 => 3, <= 4 => 2, <= 16 => 1, _ => 0 });
            }
            else if (kind != 2)
            {
                var bits = Read(3) + 2;
                ReadImage(Blocks(width, bits), Blocks(height, bits));
            }
        }

        return width;
    }

    private int ReadCacheSize() => Read(1) == 0 ? 0 : Read(4) is var bits and >= 1 and <= 11 ? 1 << bits : throw Damaged();

    /// <returns>The largest red and green of a pixel as one number; copies and the colour cache only repeat what stood before, or 0.</returns>
    private int ReadImage(int width, int height)
    {
        var green = ReadCode(Literals + LengthCodes + ReadCacheSize());
        Code red = ReadCode(Literals), blue = ReadCode(Literals), alpha = ReadCode(Literals), distance = ReadCode(DistanceCodes);
        var largest = 0;
        var left = (long)width * height;
        while (left > 0)
        {
            var symbol = ReadSymbol(green);
            if (symbol is >= Literals and < Literals + LengthCodes)
            {
                left -= ReadExtended(symbol - Literals);
                ReadExtended(ReadSymbol(distance));
                continue;
            }

            left--;
            if (symbol < Literals)
            {
                largest = Math.Max(largest, (ReadSymbol(red) << 8) | symbol);
                ReadSymbol(blue);
                ReadSymbol(alpha);
            }
        }

        return left == 0 ? largest : throw Damaged();
    }

    private Code ReadCode(int symbols)
    {
        Span<byte> lengths = stackalloc byte[symbols];
        lengths.Clear();
        if (Read(1) != 0)
        {
            var count = Read(1) + 1;
            var first = Read(Read(1) == 0 ? 1 : 8);
            var second = count == 2 ? Read(8) : first;
            if (Math.Max(first, second) >= symbols || (count == 2 && first == second))
            {
                throw Damaged();
            }

            (lengths[first], lengths[second]) = (1, 1);
        }
        else
        {
            ReadLengths(lengths);
        }

        return new Code(lengths);
    }

    private void ReadLengths(scoped Span<byte> lengths)
    {
        Span<byte> codeLengths = stackalloc byte[CodeLengthOrder.Length];
        codeLengths.Clear();
        var count = 4 + Read(4);
        for (var i = 0; i < count; i++)
        {
            codeLengths[CodeLengthOrder[i]] = (byte)Read(3);
        }

        var code = new Code(codeLengths);
        var left = Read(1) == 0 ? lengths.Length : 2 + Read(2 + (2 * Read(3)));
        if (left > lengths.Length)
        {
            throw Damaged();
        }

        byte previous = 8;
        for (var at = 0; at < lengths.Length && left > 0; left--)
        {
            var symbol = ReadSymbol(code);
            if (symbol <= LongestCode)
            {
                lengths[at++] = (byte)symbol;
                previous = symbol == 0 ? previous : (byte)symbol;
                continue;
            }

            var repeats = symbol switch { 16 => 3 + Read(2), 17 => 3 + Read(3), _ => 11 + Read(7) };
            if (repeats > lengths.Length - at)
            {
                throw Damaged();
            }

            lengths.Slice(at, repeats).Fill(symbol == 16 ? previous : (byte)0);
            at += repeats;
        }
    }

    /// <summary>Lengths and distances: a prefix for the magnitude, then extra bits.</summary>
    private int ReadExtended(int prefix)
    {
        if (prefix < 4)
        {
            return prefix + 1;
        }

        var extraBits = (prefix - 2) >> 1;
        return ((2 + (prefix & 1)) << extraBits) + Read(extraBits) + 1;
    }

    private int ReadSymbol(Code code)
    {
        if (code.Single is { } single)
        {
            return single;
        }

        int value = 0, first = 0, index = 0;
        for (var length = 1; length <= LongestCode; length++)
        {
            value |= Read(1);
            var count = code.Counts[length];
            if (value - first < count)
            {
                return code.Symbols[index + value - first];
            }

            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }

        throw Damaged();
    }

    private int Read(int bits)
    {
        if (_bit + bits > 8L * _bytes.Length)
        {
            throw Damaged();
        }

        var value = 0;
        for (var i = 0; i < bits; i++, _bit++)
        {
            value |= (_bytes[(int)(_bit >> 3)] >> (int)(_bit & 7) & 1) << i;
        }

        return value;
    }

    private static CorruptMediaException Damaged() => new("The WebP is damaged: its lossless data break the format's rules.");

    /// <summary>A canonical prefix code: the number of codes of each length, and the symbols in the order of their codes.</summary>
    private sealed class Code
    {
        public Code(scoped ReadOnlySpan<byte> lengths)
        {
            Counts = new int[LongestCode + 1];
            var symbols = new List<int>();
            long used = 0;
            for (var length = 1; length <= LongestCode; length++)
            {
                for (var from = 0; lengths[from..].IndexOf((byte)length) is var next and >= 0; from += next + 1)
                {
                    symbols.Add(from + next);
                    Counts[length]++;
                }

                used += (long)Counts[length] << (LongestCode - length);
            }

            // One symbol takes no bits; several must use up all codes.
            Symbols = symbols;
            Single = symbols.Count == 1 ? symbols[0] : null;
            if (Single is null && used != 1 << LongestCode)
            {
                throw Damaged();
            }
        }

        public int[] Counts { get; }

        public List<int> Symbols { get; }

        public int? Single { get; }
    }
}
