using FaceVoice.Index;
using FaceVoice.Models;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Engines;

/// <summary>The index that the settings name, with its keys. Dispose after the index.</summary>
internal sealed class ConfiguredIndex : IDisposable
{
    private readonly IndexLocation _location;
    private readonly IndexKeys _keys;

    private ConfiguredIndex(IndexLocation location, IndexKeys keys) => (_location, _keys) = (location, keys);

    /// <summary>Reads what the settings say of the index; null where they name none.</summary>
    /// <exception cref="InvalidSettingsException">The location is none, a key file is missing or holds no key, or keys are set where there is no use for them.</exception>
    public static ConfiguredIndex? Read(ServiceSettings settings)
    {
        if (settings.Index is null)
        {
            RequireNone(settings.IndexKeyFile, nameof(settings.IndexKeyFile), "Index is empty: allowed only with an index.");
            RequireNone(settings.IndexTemplateKeyFile, nameof(settings.IndexTemplateKeyFile), "Index is empty: allowed only with an index.");
            return null;
        }

        var location = Read(() => IndexLocation.Parse(settings.Index), nameof(settings.Index), settings.Index);
        if (location.Server is not null)
        {
            RequireNone(settings.IndexKeyFile, nameof(settings.IndexKeyFile), $"Index is \"{settings.Index}\": allowed only with an index folder; a Qdrant server looks after its own files.");
        }

        var keys = Read(() => IndexKeys.Read(settings.IndexKeyFile, settings.IndexTemplateKeyFile), "A key of the index", null);
        return new ConfiguredIndex(location, keys);
    }

    /// <summary>Opens it for the vectors of a model, or makes it.</summary>
    public Task<IVectorStore> OpenAsync(ModelManifest manifest, ILogger logger, CancellationToken cancellationToken)
    {
        var dimensions = new Dictionary<string, int>();
        if (manifest.Dimensions.Joint is { } joint)
        {
            dimensions[VectorName.Joint] = joint;
        }

        if (manifest.Dimensions.Speaker is { } speaker)
        {
            dimensions[VectorName.Speaker] = speaker;
        }

        return IndexOpener.OpenAsync(_location, _keys, new IndexSchema(manifest.ModelId, dimensions), logger, cancellationToken);
    }

    public void Dispose() => _keys.Dispose();

    private static void RequireNone(string? file, string setting, string because)
    {
        if (file is not null)
        {
            throw new InvalidSettingsException($"{setting} is \"{file}\", but {because}");
        }
    }

    private static T Read<T>(Func<T> read, string setting, string? value)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingsException(value is null ? $"{setting} cannot be used: {e.Message}" : $"{setting} is \"{value}\": {e.Message}", e);
        }
    }
}
