using System.IO.Compression;

namespace FaceVoice.Models;

/// <summary>Reads and writes numpy's .npz format: a zip of .npy files, one tensor each. Thread-safe.</summary>
public static class NpzFile
{
    /// <summary>The most bytes that one array may unpack to: 2 GiB.</summary>
    public const long MaxArrayBytes = 1L << 31;

    /// <summary>Reads every array, named as in <c>numpy.load</c> (without <c>.npy</c>), in file order.</summary>
    /// <exception cref="ModelFormatException">The file is no zip, holds something other than .npy, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var tensors = new OrderedDictionary<string, NamedTensor>(StringComparer.Ordinal);
        try
        {
            using var zip = ZipFile.OpenRead(path);
            foreach (var entry in zip.Entries)
            {
                if (!entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
                {
                    throw new ModelFormatException($"{Path.GetFileName(path)}: the entry '{entry.FullName}' is not a .npy array.");
                }

                using var stream = entry.Open();
                var name = entry.FullName[..^".npy".Length];
                if (!tensors.TryAdd(name, NpyFile.Read(stream, name, Math.Min(entry.Length, MaxArrayBytes))))
                {
                    throw new ModelFormatException($"{Path.GetFileName(path)}: the array '{name}' is there twice.");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new ModelFormatException($"{Path.GetFileName(path)}: not a .npz file, or damaged: {error.Message}", error);
        }

        return tensors;
    }

    /// <summary>Writes the tensors, compressed, under their names; next to the file's place, then moved there.</summary>
    /// <exception cref="ArgumentException">A name is empty or used twice.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<NamedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var checkedTensors = NamedTensorSet.Check(tensors);
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, tensor) in checkedTensors)
            {
                using var entry = zip.CreateEntry(name + ".npy").Open();
                NpyFile.Write(entry, tensor);
            }
        });
    }
}
