namespace FaceVoice.Models;

/// <summary>Reads named tensors from any weight file that this program knows, told apart by content. Thread-safe.</summary>
public static class WeightsFile
{
    /// <summary>Reads a PyTorch zip checkpoint or a safetensors file.</summary>
    /// <returns>The tensors by name, in file order.</returns>
    /// <exception cref="ModelFormatException">Neither of the two, or damaged, or hostile; the message says what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsSafeTensors(path) ? SafeTensorsFile.Read(path).Tensors : PyTorchCheckpoint.Read(path);
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
