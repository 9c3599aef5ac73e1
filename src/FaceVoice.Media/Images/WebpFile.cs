using System.Buffers.Binary;
using System.Globalization;

namespace FaceVoice.Media.Images;

/// <summary>Walks a WebP's chunks (RFC 9649) up to the end that its RIFF header names.</summary>
internal ref struct WebpFile
{
    private const int HeaderLength = 12; // "RIFF", length, "WEBP"
    private const int AnimatedFrameHeader = 16;

    private readonly ReadOnlySpan<byte> _bytes;
    private ReadOnlySpan<byte> _lossy, _lossless, _alpha;
    private int _orientation = ExifOrientation.Upright;

    private WebpFile(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    private readonly bool HasImage => !_lossy.IsEmpty || !_lossless.IsEmpty;

    public static ImageFile Open(ReadOnlyMemory<byte> encoded, long maxPixels)
    {
        var file = new WebpFile(encoded.Span);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(file._bytes[4..]);
        if (length > encoded.Length - 8)
        {
            throw file.CutOff(length + 8L);
        }

        if (length < 4)
        {
            throw Damaged($"its header gives it a length of {length} bytes");
        }

        var whole = file._bytes[HeaderLength..((int)length + 8)];
        var isExtended = whole.StartsWith("VP8X"u8);
        file.ReadChunks(whole, isInFrame: false);
        if (!file.HasImage)
        {
            throw Damaged("it has no image data");
        }

        var (width, height, hasAlpha) = file.ReadFrame();
        ImageFile.CheckSize(width, height, maxPixels);
        file.CheckLossless(width, height);
        return new ImageFile(width, height, hasAlpha, file._orientation, isExtended ? file.Still() : encoded[..((int)length + 8)]);
    }

    private void ReadChunks(ReadOnlySpan<byte> chunks, bool isInFrame)
    {
        while (chunks.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            if (length > chunks.Length - 8)
            {
                throw Damaged("a chunk is longer than what holds it");
            }

            ReadChunk(chunks[..4], chunks.Slice(8, (int)length), isInFrame);
            chunks = chunks[Math.Min(chunks.Length, 8 + (int)length + ((int)length & 1))..];
        }
    }

    private void ReadChunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content, bool isInFrame)
    {
        if (name.SequenceEqual("VP8 "u8))
        {
            _lossy = HasImage ? throw Damaged("it has two images") : content;
        }
        else if (name.SequenceEqual("VP8L"u8))
        {
            _lossless = HasImage ? throw Damaged("it has two images") : content;
        }
        else if (name.SequenceEqual("ALPH"u8) && !HasImage)
        {
            _alpha = content;
        }
        else if (name.SequenceEqual("ANMF"u8) && !HasImage && !isInFrame)
        {
            // The first image of an animation is taken; where it is put on the canvas does not matter for the faces in it.
            ReadChunks(content.Length > AnimatedFrameHeader ? content[AnimatedFrameHeader..] : throw Damaged("a frame of its animation is empty"), isInFrame: true);
        }
        else if (name.SequenceEqual("EXIF"u8))
        {
            _orientation = ExifOrientation.Read(content);
        }
    }

    private readonly (int Width, int Height, bool HasAlpha) ReadFrame()
    {
        if (_lossless.IsEmpty)
        {
            // Frame tag of a key frame, start code, two 14-bit sizes (RFC 6386, section 9.1).
            return _lossy.Length > 10 && (_lossy[0] & 1) == 0 && _lossy[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
                ? (BinaryPrimitives.ReadUInt16LittleEndian(_lossy[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(_lossy[8..]) & 0x3FFF, !_alpha.IsEmpty)
                : throw Damaged("its image data do not begin as they must");
        }

        // Signature, two 14-bit sizes less one, a bit for transparency, a version of 0.
        var bits = _lossless.Length > 5 && _lossless[0] == 0x2F ? BinaryPrimitives.ReadUInt32LittleEndian(_lossless[1..]) : uint.MaxValue;
        return bits >> 29 == 0
            ? ((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1, (bits >> 28 & 1) != 0)
            : throw Damaged("its image data do not begin as they must");
    }

    /// <summary>What is coded without loss: the whole image, or the transparency beside an image with loss.</summary>
    private readonly void CheckLossless(int width, int height)
    {
        const int compressionOfAlpha = 3;
        if (!_lossless.IsEmpty)
        {
            LosslessWebp.Check(_lossless[5..], width, height);
        }
        else if (!_alpha.IsEmpty && (_alpha[0] & compressionOfAlpha) == 1)
        {
            LosslessWebp.Check(_alpha[1..], width, height);
        }
    }

    /// <summary>
    /// A file of the one image without the metadata around it: the decoder refuses animations, reads chunks in any order and number, and
    /// goes on behind
    /// the end that the header names.
    /// </summary>
    private readonly byte[] Still()
    {
        var file = new MemoryStream();
        file.Write("RIFF\0\0\0\0WEBP"u8);
        if (!_alpha.IsEmpty && _lossless.IsEmpty)
        {
            var (width, height, _) = ReadFrame();
            Span<byte> extension = stackalloc byte[10];
            extension.Clear();
            extension[0] = 0x10; // there is transparency
            BinaryPrimitives.WriteInt32LittleEndian(extension[4..], width - 1);
            BinaryPrimitives.WriteInt16LittleEndian(extension[7..], (short)(height - 1));
            Write(file, "VP8X"u8, extension);
            Write(file, "ALPH"u8, _alpha);
        }

        Write(file, _lossless.IsEmpty ? "VP8 "u8 : "VP8L"u8, _lossless.IsEmpty ? _lossy : _lossless);
        var bytes = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    private static void Write(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        file.Write(name);
        file.Write(length);
        file.Write(content);
        if (content.Length % 2 != 0)
        {
            file.WriteByte(0);
        }
    }

    private readonly CorruptMediaException CutOff(long length) => new(string.Create(
        CultureInfo.InvariantCulture, $"The WebP is cut off: it has {_bytes.Length:N0} of the {length:N0} bytes that its header names."));

    private static CorruptMediaException Damaged(string how) => new($"The WebP is damaged: {how}.");
}
