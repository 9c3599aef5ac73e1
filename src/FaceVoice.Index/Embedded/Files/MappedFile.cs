using System.IO.MemoryMappedFiles;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>A read-only view of a whole file in memory; pages come from disk when they are touched and can be dropped again by the system.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    /// <summary>Maps a file.</summary>
    /// <exception cref="IndexCorruptException">It is missing.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            Length = new FileInfo(path).Length;
            if (Length == 0)
            {
                return; // an empty file cannot be mapped
            }

            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch (FileNotFoundException error)
        {
            throw new IndexCorruptException(path, -1, "the file is missing", error);
        }

        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The bytes at an offset that the caller has checked against <see cref="Length"/>.</summary>
    public ReadOnlySpan<byte> Span(long offset, int count) => new(_start + offset, count);

    public void Dispose()
    {
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
        }
    }
}
