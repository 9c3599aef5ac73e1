namespace FaceVoice.Models;

/// <summary>Reads named tensors from any weight file that this program knows, told apart by content. Thread-safe.</summary>
public static class WeightsFile
{
    // What wraps a network's own names: data parallel training, and SpeechBrain's whole pretrained interface (of which only the network is wanted).
    private static readonly string[] Wrappings = ["module.", "mods.embedding_model.", "embedding_model."];

    /// <summary>Reads a PyTorch zip checkpoint or a safetensors file.</summary>
    /// <returns>
    /// The tensors by name, in file order. Names lose <c>module.</c> and <c>mods.embedding_model.</c> before them, and with the latter whatever is
    /// not of the network; double precision becomes single.
    /// </returns>
    /// <exception cref="ModelFormatException">Neither of the two, or damaged, or hostile; the message says what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RequireContent(path);
        var tensors = IsSafeTensors(path) ? SafeTensorsFile.Read(path).Tensors : PyTorchCheckpoint.Read(path);
        for (var count = 0; count != tensors.Keys.Sum(name => name.Length);)
        {
            count = tensors.Keys.Sum(name => name.Length);
            tensors = Wrappings.Aggregate(tensors, Unwrap);
        }

        return tensors.Values.Any(tensor => tensor.ElementType == TensorElementType.Float64) ? Ordered(tensors.Values.Select(ToSingle)) : tensors;
    }

    private static IReadOnlyDictionary<string, NamedTensor> Unwrap(IReadOnlyDictionary<string, NamedTensor> tensors, string wrapping)
    {
        var wrapped = tensors.Values.Where(tensor => tensor.Name.StartsWith(wrapping, StringComparison.Ordinal)).ToList();
        return wrapped.Count == 0 || (wrapping == "module." && wrapped.Count < tensors.Count)
            ? tensors
            : Ordered(wrapped.Select(tensor => tensor.WithName(tensor.Name[wrapping.Length..])));
    }

    private static OrderedDictionary<string, NamedTensor> Ordered(IEnumerable<NamedTensor> tensors) =>
        new(tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor)), StringComparer.Ordinal);

    private static NamedTensor ToSingle(NamedTensor tensor) => tensor.ElementType != TensorElementType.Float64
        ? tensor
        : new(tensor.Name, [.. tensor.Shape], Array.ConvertAll(tensor.Doubles.ToArray(), value => (float)value));

    private static void RequireContent(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[24];
        if (start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].StartsWith("version https://git-lfs"u8))
        {
            throw new ModelFormatException(
                $"{Path.GetFileName(path)} is a Git LFS pointer, some lines of text in place of the weights: fetch the file itself, with 'git lfs pull' in the clone that it is from.");
        }
    }

    // A safetensors file has the opening brace of its header after eight bytes of length, the last of which are zero for any real header.
    private static bool IsSafeTensors(string path)
    {
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[9];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[4..8].IndexOfAnyExcept((byte)0) < 0 && start[8] == '{';
    }
}
