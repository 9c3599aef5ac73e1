namespace FaceVoice.Index;

/// <summary>A file of the index is damaged. Nothing that cannot be trusted is ever answered from.</summary>
public sealed class IndexCorruptException : IndexException
{
    /// <summary>Makes the error.</summary>
    /// <param name="file">The damaged file.</param>
    /// <param name="offset">Where in it the damage begins, in bytes; -1 where that is not known.</param>
    /// <param name="what">What is wrong there.</param>
    /// <param name="innerException">The error behind it, if any.</param>
    public IndexCorruptException(string file, long offset, string what, Exception? innerException = null)
        : base(offset < 0 ? $"{file}: {what}" : $"{file}, byte {offset}: {what}", innerException) => (File, Offset) = (file, offset);

    /// <summary>Gets the damaged file.</summary>
    public string File { get; }

    /// <summary>Gets where in the file the damage begins, in bytes; -1 where that is not known.</summary>
    public long Offset { get; }
}
