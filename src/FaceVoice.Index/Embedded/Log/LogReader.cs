using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Log;

/// <summary>Reads a log back, and tells a write that a crash cut short from damage to what was once whole.</summary>
/// <remarks>
/// A frame was cut short when the file ends inside it, or when a sector of it was never written and reads as zeros, and no whole frame follows.
/// Such a frame was never acknowledged. Anything else that does not check out is damage, and is never cut off silently.
/// </remarks>
internal sealed class LogReader(string path, Guid uid, RecordSealer sealer)
{
    private const int Sector = 512;

    /// <summary>What becomes of a frame's content.</summary>
    public delegate void FrameHandler(ulong sequence, ReadOnlySpan<byte> content);

    /// <summary>Hands every whole frame to <paramref name="handler"/>, in order.</summary>
    /// <returns>Where the next frame belongs, and its sequence.</returns>
    /// <exception cref="IndexCorruptException">The log is damaged; says where.</exception>
    public (long End, ulong NextSequence) Replay(ulong firstSequence, FrameHandler handler)
    {
        using var file = new MappedFile(path);
        if (file.Length < LogFormat.HeaderBytes || !LogFormat.IsHeader(file.Span(0, LogFormat.HeaderBytes), uid))
        {
            throw new IndexCorruptException(path, 0, "the log's header is damaged");
        }

        long offset = LogFormat.HeaderBytes;
        var next = firstSequence;
        var content = Array.Empty<byte>();
        while (offset < file.Length)
        {
            if (!TryReadFrame(file, offset, next, ref content, out var length, out var end))
            {
                MustBeTornTail(file, offset, next);
                return (offset, next);
            }

            handler(next, content.AsSpan(0, length));
            offset = end;
            next++;
        }

        return (offset, next);
    }

    /// <summary>Hands every frame that is whole to <paramref name="handler"/>, stepping over damage; for repair.</summary>
    /// <returns>The number of stretches that were stepped over.</returns>
    public int Salvage(ulong firstSequence, FrameHandler handler)
    {
        using var file = new MappedFile(path);
        long offset = LogFormat.HeaderBytes;
        var next = firstSequence;
        var content = Array.Empty<byte>();
        var gaps = 0;
        while (offset < file.Length)
        {
            if (TryReadAnyFrame(file, offset, next, ref content, out var sequence, out var length, out var end))
            {
                handler(sequence, content.AsSpan(0, length));
                (offset, next) = (end, sequence + 1);
                continue;
            }

            gaps++;
            offset = FindFrame(file, offset + 1, next);
            if (offset < 0)
            {
                break;
            }
        }

        return gaps;
    }

    private bool TryReadFrame(MappedFile file, long offset, ulong expected, ref byte[] content, out int length, out long end) =>
        TryReadAnyFrame(file, offset, expected, ref content, out var sequence, out length, out end) && sequence == expected;

    private bool TryReadAnyFrame(MappedFile file, long offset, ulong least, ref byte[] content, out ulong sequence, out int length, out long end)
    {
        (length, end, sequence) = (0, 0, 0);
        if (file.Length - offset < LogFormat.FrameHeaderBytes
            || !LogFormat.TryReadFrameHeader(file.Span(offset, LogFormat.FrameHeaderBytes), out var stored, out sequence)
            || sequence < least || file.Length - offset - LogFormat.FrameHeaderBytes < stored || stored < sealer.Overhead)
        {
            return false;
        }

        length = stored - sealer.Overhead;
        if (content.Length < length)
        {
            content = new byte[Math.Max(length, content.Length * 2)];
        }

        end = offset + LogFormat.FrameHeaderBytes + stored;
        return sealer.TryOpen(file.Span(offset + LogFormat.FrameHeaderBytes, stored), LogFormat.Stream, sequence, content);
    }

    private void MustBeTornTail(MappedFile file, long offset, ulong expected)
    {
        var later = FindFrame(file, offset + 1, expected);
        if (later >= 0)
        {
            throw new IndexCorruptException(path, offset, $"a damaged frame, followed by a whole one at byte {later}; 'facevoice index repair' can save what is whole");
        }

        var cut = file.Length - offset < LogFormat.FrameHeaderBytes;
        if (!cut && LogFormat.TryReadFrameHeader(file.Span(offset, LogFormat.FrameHeaderBytes), out var length, out var sequence))
        {
            cut = sequence == expected && file.Length - offset - LogFormat.FrameHeaderBytes < length;
        }

        if (!cut && !HasUnwrittenSector(file, offset))
        {
            throw new IndexCorruptException(path, offset, "the last frame is damaged (it is complete, so it may have been acknowledged); 'facevoice index repair' cuts it off");
        }
    }

    /// <summary>Finds the next whole frame at or after <paramref name="offset"/>; -1 when there is none.</summary>
    private long FindFrame(MappedFile file, long offset, ulong least)
    {
        var content = Array.Empty<byte>();
        for (; offset + LogFormat.FrameHeaderBytes <= file.Length; offset++)
        {
            if (TryReadAnyFrame(file, offset, least, ref content, out _, out _, out _))
            {
                return offset;
            }
        }

        return -1;
    }

    private static bool HasUnwrittenSector(MappedFile file, long offset)
    {
        for (var start = offset; start < file.Length;)
        {
            var end = Math.Min(((start / Sector) + 1) * Sector, file.Length);
            var part = file.Span(start, (int)(end - start));
            if (part.Length >= LogFormat.FrameHeaderBytes && !part.ContainsAnyExcept((byte)0))
            {
                return true;
            }

            start = end;
        }

        return false;
    }
}
