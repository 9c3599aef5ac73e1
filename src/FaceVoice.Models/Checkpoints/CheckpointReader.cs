using System.Globalization;

namespace FaceVoice.Models.Checkpoints;

/// <summary>Walks what the unpickler returned and reads the tensors, within a budget of memory that follows from the file's size.</summary>
internal sealed class CheckpointReader
{
    private const int MaxDepth = 8;
    private const int MaxNodes = 1_000_000;

    private readonly CheckpointArchive _archive;
    private readonly OrderedDictionary<string, NamedTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _storages = new(StringComparer.Ordinal);
    private long _budget;
    private int _nodes;

    private CheckpointReader(CheckpointArchive archive)
    {
        _archive = archive;

        // Half precision doubles when widened, bytes grow eightfold, and tied weights are copied; a view that is repeated endlessly is an attack.
        _budget = (8 * archive.Length) + (1 << 20);
    }

    public static IReadOnlyDictionary<string, NamedTensor> Read(CheckpointArchive archive)
    {
        var reader = new CheckpointReader(archive);
        var root = new Unpickler(archive.ReadPickle(), archive.FileName).Load();
        if (root is not PickleDictionary dictionary)
        {
            throw new ModelFormatException($"{archive.FileName}: not a state dict: its top level is no dictionary of tensors.");
        }

        reader.Walk(dictionary, "", 0);
        return reader._tensors.Count > 0
            ? reader._tensors
            : throw new ModelFormatException($"{archive.FileName}: the checkpoint holds no tensors.");
    }

    private void Walk(PickleDictionary dictionary, string prefix, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ModelFormatException($"{_archive.FileName}: dictionaries are nested too deeply.");
        }

        foreach (var (key, value) in dictionary)
        {
            if (++_nodes > MaxNodes)
            {
                throw new ModelFormatException($"{_archive.FileName}: the checkpoint has too many entries.");
            }

            var name = prefix + Convert.ToString(key, CultureInfo.InvariantCulture);
            switch (value)
            {
                case PickleTensor tensor:
                    Add(name, tensor);
                    break;
                case PickleDictionary inner:
                    Walk(inner, name + ".", depth + 1);
                    break;
            }
        }
    }

    private void Add(string name, PickleTensor tensor)
    {
        _budget -= 8L * tensor.Count;
        if (_budget < 0)
        {
            throw new ModelFormatException($"{_archive.FileName}: the tensors take far more memory than the file has bytes.");
        }

        if (!_tensors.TryAdd(name, tensor.Materialize(name, Storage(tensor.Storage))))
        {
            throw new ModelFormatException($"{_archive.FileName}: the tensor '{PickleText.Printable(name)}' is there twice.");
        }
    }

    private byte[] Storage(PickleStorage storage)
    {
        if (!_storages.TryGetValue(storage.Key, out var bytes))
        {
            bytes = _archive.ReadStorage(storage.Key);
            _storages.Add(storage.Key, bytes);
        }

        if (bytes.Length != (Int128)storage.Count * storage.Element.Size)
        {
            throw new ModelFormatException($"{_archive.FileName}: the storage '{storage.Key}' has {bytes.Length} bytes, not those of {storage.Count} elements of {storage.Element.Size} bytes.");
        }

        return bytes;
    }
}
