using FaceVoice.Models.Checkpoints;

namespace FaceVoice.Models;

/// <summary>
/// Reads the tensors of a PyTorch zip checkpoint (<c>torch.save</c> of a state dict) with a restricted unpickler: tensors, numbers, text and plain
/// containers only. Anything else is refused by its global name; nothing is imported, nothing is executed. Thread-safe.
/// </summary>
public static class PyTorchCheckpoint
{
    /// <summary>Reads a checkpoint whose top level is a dictionary of tensors, or of such dictionaries.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name in file order; those of nested dictionaries are called <c>outer.inner</c>. Entries that are no tensors are left out.</returns>
    /// <exception cref="ModelFormatException">
    /// Not a zip checkpoint (an old one gets a message that says how to convert it), damaged, hostile, or with parts that are refused.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var archive = CheckpointArchive.Open(path);
        return CheckpointReader.Read(archive);
    }
}
