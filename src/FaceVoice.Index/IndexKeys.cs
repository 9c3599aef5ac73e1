namespace FaceVoice.Index;

/// <summary>The keys that an index is opened with. Dispose after the index.</summary>
/// <param name="Encryption">What the files of a folder are encrypted under; null for none.</param>
/// <param name="Template">What vectors are rotated with; null for none.</param>
/// <param name="QdrantApiKey">What a Qdrant server asks for; null for none.</param>
public sealed record IndexKeys(StoreKey? Encryption, StoreKey? Template, string? QdrantApiKey) : IDisposable
{
    private const string EncryptionVariable = "FACEVOICE_INDEX_KEY", TemplateVariable = "FACEVOICE_TEMPLATE_KEY";

    // Ours first: where another program's key is set for everything, this one can still be told apart.
    private static readonly string[] QdrantVariables = ["FACEVOICE_QDRANT_KEY", "QDRANT_API_KEY"];

    /// <summary>Reads the keys: from files where they are given, else from the environment; Qdrant's from the environment only.</summary>
    /// <param name="encryptionKeyFile">A file with the base64 text of the encryption key; null for <c>FACEVOICE_INDEX_KEY</c>.</param>
    /// <param name="templateKeyFile">A file with the base64 text of the template key; null for <c>FACEVOICE_TEMPLATE_KEY</c>.</param>
    /// <exception cref="FormatException">A file or variable holds no key; the message names it, and not what it holds.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IndexKeys Read(string? encryptionKeyFile = null, string? templateKeyFile = null)
    {
        var encryption = ReadKey(encryptionKeyFile, EncryptionVariable);
        try
        {
            return new IndexKeys(encryption, ReadKey(templateKeyFile, TemplateVariable), QdrantVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(key => key is { Length: > 0 }));
        }
        catch
        {
            encryption?.Dispose();
            throw;
        }
    }

    /// <summary>Reads one key from a file, or from the environment where no file is given; null where there is neither.</summary>
    /// <param name="file">The file; null for none.</param>
    /// <param name="variable">The variable; null for none.</param>
    /// <exception cref="FormatException">It holds no key; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StoreKey? ReadKey(string? file, string? variable)
    {
        try
        {
            return file is not null ? StoreKey.FromFile(file)
                : variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? StoreKey.Parse(text) : null;
        }
        catch (FormatException error)
        {
            throw new FormatException($"{file ?? variable}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Encryption?.Dispose();
        Template?.Dispose();
    }
}
