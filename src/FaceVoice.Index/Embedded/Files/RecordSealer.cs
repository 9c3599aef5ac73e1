namespace FaceVoice.Index.Embedded.Files;

/// <summary>Closes a record so that any change to it is noticed: by checksum, or by authenticated encryption. Thread-safe.</summary>
/// <remarks>A record is bound to its file (<c>uid</c>), its stream in the file's family and its index, so records cannot change places.</remarks>
internal abstract class RecordSealer : IDisposable
{
    /// <summary>Bytes that a sealed record is longer than its content.</summary>
    public abstract int Overhead { get; }

    /// <summary>Writes the sealed form, <see cref="Overhead"/> bytes longer than <paramref name="data"/>.</summary>
    public abstract void Seal(ReadOnlySpan<byte> data, ulong stream, ulong index, Span<byte> record);

    /// <summary>Checks a record and writes its content, <see cref="Overhead"/> bytes shorter.</summary>
    /// <returns>False when the record is not what was sealed; <paramref name="data"/> then holds nothing of use.</returns>
    public abstract bool TryOpen(ReadOnlySpan<byte> record, ulong stream, ulong index, Span<byte> data);

    public abstract void Dispose();
}
