using FaceVoice.Index;

namespace FaceVoice.Server.Engines;

/// <summary>The keys that the index is kept under. Dispose after the index.</summary>
internal sealed record IndexKeys(StoreKey? Encryption, StoreKey? Template) : IDisposable
{
    // The same names as the command line's index commands read.
    private const string EncryptionVariable = "FACEVOICE_INDEX_KEY";
    private const string TemplateVariable = "FACEVOICE_TEMPLATE_KEY";

    /// <exception cref="InvalidSettingsException">A file is missing or holds no key, or keys are set where there is no use for them.</exception>
    public static IndexKeys Read(ServiceSettings settings)
    {
        RequireUse(settings.IndexKeyFile, nameof(settings.IndexKeyFile), settings, worksWithQdrant: false);
        RequireUse(settings.IndexTemplateKeyFile, nameof(settings.IndexTemplateKeyFile), settings, worksWithQdrant: true);
        return settings.Index is null
            ? new IndexKeys(null, null)
            : new IndexKeys(
                Read(settings.IndexKeyFile, nameof(settings.IndexKeyFile), EncryptionVariable),
                Read(settings.IndexTemplateKeyFile, nameof(settings.IndexTemplateKeyFile), TemplateVariable));
    }

    public void Dispose()
    {
        Encryption?.Dispose();
        Template?.Dispose();
    }

    private static void RequireUse(string? file, string setting, ServiceSettings settings, bool worksWithQdrant)
    {
        if (file is not null && settings.Index is null)
        {
            throw new InvalidSettingsException($"{setting} is \"{file}\", but Index is empty: allowed only with an index.");
        }

        if (file is not null && !worksWithQdrant && IndexOpener.IsServer(settings.Index!))
        {
            throw new InvalidSettingsException($"{setting} is \"{file}\", but Index is \"{settings.Index}\": allowed only with an index folder; a Qdrant server looks after its own files.");
        }
    }

    private static StoreKey? Read(string? file, string setting, string variable)
    {
        try
        {
            return file is not null ? StoreKey.FromFile(file)
                : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? StoreKey.Parse(text) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            var source = file is null ? variable : $"{setting} is \"{file}\"";
            throw new InvalidSettingsException($"{source}; allowed: a file with the base64 text of at least {StoreKey.MinBytes} random bytes, as 'openssl rand -base64 32' writes it. {e.Message}", e);
        }
    }
}
