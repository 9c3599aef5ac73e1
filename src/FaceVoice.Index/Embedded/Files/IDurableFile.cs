namespace FaceVoice.Index.Embedded.Files;

/// <summary>A file that is written at offsets and flushed to the disk itself; the seam at which tests let disks fail.</summary>
internal interface IDurableFile : IDisposable
{
    /// <summary>The file's path.</summary>
    string Path { get; }

    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/>.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Returns when everything written is on the disk.</summary>
    void Flush();

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);
}
