using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Log;

/// <summary>The end of the log: frames are collected, written and flushed together. Used by the store's one writer only.</summary>
internal sealed class WriteAheadLog : IDisposable
{
    private readonly IDurableFile _file;
    private readonly RecordSealer _sealer;
    private readonly ByteWriter _pending = new(1 << 16);
    private ulong _flushedSequence;

    public WriteAheadLog(IDurableFile file, RecordSealer sealer, long end, ulong nextSequence)
    {
        (_file, _sealer, Length, NextSequence, _flushedSequence) = (file, sealer, end, nextSequence, nextSequence);
    }

    /// <summary>Bytes that are on the disk, header included.</summary>
    public long Length { get; private set; }

    /// <summary>The sequence that the next frame gets.</summary>
    public ulong NextSequence { get; private set; }

    /// <summary>Bytes collected and not yet written.</summary>
    public int PendingBytes => _pending.Length;

    /// <summary>Writes a new, empty log's header and puts it on the disk.</summary>
    public static WriteAheadLog Start(IDurableFile file, RecordSealer sealer, Guid uid, ulong nextSequence)
    {
        Span<byte> header = stackalloc byte[LogFormat.HeaderBytes];
        LogFormat.WriteHeader(header, uid);
        file.Write(header, 0);
        file.Flush();
        return new(file, sealer, LogFormat.HeaderBytes, nextSequence);
    }

    /// <summary>Collects one frame.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        var stored = content.Length + _sealer.Overhead;
        var frame = _pending.Reserve(LogFormat.FrameHeaderBytes + stored);
        LogFormat.WriteFrameHeader(frame, stored, NextSequence);
        _sealer.Seal(content, LogFormat.Stream, NextSequence, frame[LogFormat.FrameHeaderBytes..]);
        NextSequence++;
    }

    /// <summary>Writes what was collected and returns when it is on the disk.</summary>
    /// <exception cref="IndexFullException">No room; the log is as it was before and can go on.</exception>
    /// <exception cref="IndexReadOnlyException">What the disk holds is uncertain; no more may be written.</exception>
    public void Commit()
    {
        try
        {
            _file.Write(_pending.Written, Length);
        }
        catch (IOException error)
        {
            Withdraw(error);
            throw DiskErrors.IsFull(error)
                ? new IndexFullException($"No room to write {_pending.Length} bytes to {_file.Path}; nothing was stored.", error)
                : new IndexReadOnlyException($"Writing to {_file.Path} failed; the index only reads until it is opened again.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IndexReadOnlyException($"Writing to {_file.Path} failed; the index only reads until it is opened again.", error);
        }

        try
        {
            _file.Flush();
        }
        catch (IOException error)
        {
            // The kernel may have dropped the unwritten pages and reported it once: flushing again would lie.
            throw new IndexReadOnlyException($"Flushing {_file.Path} failed, so what the disk holds is uncertain; the index only reads until it is opened again.", error);
        }

        Length += _pending.Length;
        _flushedSequence = NextSequence;
        _pending.Clear();
    }

    /// <summary>Forgets what was collected.</summary>
    public void Discard()
    {
        _pending.Clear();
        NextSequence = _flushedSequence;
    }

    public void Dispose() => _file.Dispose();

    private void Withdraw(IOException cause)
    {
        try
        {
            _file.SetLength(Length);
        }
        catch (IOException)
        {
            throw new IndexReadOnlyException($"{_file.Path} could not be cut back after a failed write; the index only reads until it is opened again.", cause);
        }
    }
}
