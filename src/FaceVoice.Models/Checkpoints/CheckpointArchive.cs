using System.IO.Compression;

namespace FaceVoice.Models.Checkpoints;

/// <summary>
/// The zip around a checkpoint. Nothing is ever unpacked to disk; entries are looked up by exact name; compressed entries, double names and sizes
/// beyond the file are refused, so that a small file cannot become a large one.
/// </summary>
internal sealed class CheckpointArchive : IDisposable
{
    private const int MaxEntries = 100_000;
    private const int MaxPickleBytes = 64 << 20;
    private const string PickleName = "data.pkl";

    private readonly FileStream _stream;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _folder;

    private CheckpointArchive(FileStream stream, ZipArchive zip)
    {
        _stream = stream;
        _zip = zip;
        FileName = Path.GetFileName(stream.Name);
        Index();
        _folder = FindFolder();
        RequireLittleEndian();
    }

    /// <summary>For messages.</summary>
    public string FileName { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long Length => _stream.Length;

    public static CheckpointArchive Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, FileOptions.RandomAccess);
        ZipArchive? zip = null;
        try
        {
            CheckpointFormat.RequireZip(stream);
            zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return new(stream, zip);
        }
        catch (Exception error)
        {
            zip?.Dispose();
            stream.Dispose();
            if (error is InvalidDataException or IOException { InnerException: null } and not FileNotFoundException)
            {
                throw new ModelFormatException($"{Path.GetFileName(path)}: damaged or truncated zip: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>The pickle that describes the tensors.</summary>
    public byte[] ReadPickle() => ReadEntry(_folder + PickleName, MaxPickleBytes);

    /// <summary>The bytes of one storage.</summary>
    /// <param name="key">As the pickle names it; hostile.</param>
    public byte[] ReadStorage(string key)
    {
        if (key.Length is 0 or > 64 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new ModelFormatException($"{FileName}: '{PickleText.Printable(key)}' cannot be the key of a storage.");
        }

        return ReadEntry($"{_folder}data/{key}", Array.MaxLength);
    }

    public void Dispose()
    {
        _zip.Dispose();
        _stream.Dispose();
    }

    private void Index()
    {
        var total = 0L;
        foreach (var entry in _zip.Entries)
        {
            total += entry.Length;
            if (_entries.Count >= MaxEntries || entry.CompressedLength != entry.Length || total > _stream.Length)
            {
                throw new ModelFormatException(
                    $"{FileName}: the entry '{PickleText.Printable(entry.FullName)}' is compressed, or larger than the file, or one too many. PyTorch stores entries as they are.");
            }

            if (!_entries.TryAdd(entry.FullName, entry))
            {
                throw new ModelFormatException($"{FileName}: the entry '{PickleText.Printable(entry.FullName)}' is there twice.");
            }
        }
    }

    private string FindFolder()
    {
        var pickles = _entries.Keys.Where(name => name.EndsWith('/' + PickleName, StringComparison.Ordinal) && name.Count(c => c == '/') == 1).ToList();
        return pickles.Count == 1
            ? pickles[0][..^PickleName.Length]
            : throw new ModelFormatException($"{FileName}: a zip, but not a PyTorch checkpoint: it has {pickles.Count} entries FOLDER/{PickleName} where one is needed.");
    }

    private void RequireLittleEndian()
    {
        if (_entries.ContainsKey(_folder + "byteorder") && !ReadEntry(_folder + "byteorder", 16).AsSpan().SequenceEqual("little"u8))
        {
            throw new ModelFormatException($"{FileName}: written in an unknown byte order; only little endian is read.");
        }
    }

    private byte[] ReadEntry(string name, long maxBytes)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.Length > maxBytes)
        {
            throw new ModelFormatException(entry is null
                ? $"{FileName}: damaged: the entry '{name}' is missing."
                : $"{FileName}: the entry '{name}' has {entry.Length} bytes, more than the {maxBytes} allowed.");
        }

        var bytes = new byte[entry.Length];
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new ModelFormatException($"{FileName}: damaged: the entry '{name}' cannot be read: {error.Message}", error);
        }

        return bytes;
    }
}
