using System.Text.Json;
using System.Text.Json.Serialization;
using FaceVoice.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace FaceVoice.Server;

/// <summary>Reads <see cref="ServiceSettings"/> from a file, the environment and the command line, and checks them.</summary>
public static class ServiceConfiguration
{
    /// <summary>What the names of environment variables begin with.</summary>
    public const string EnvironmentPrefix = "FACEVOICE_";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Reads and checks the settings; what comes later wins: file, environment, overrides.</summary>
    /// <param name="file">A JSON file, or null.</param>
    /// <param name="overrides">Settings by path, for instance <c>Listen:GrpcPort</c>; null values are passed over.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidSettingsException">
    /// The file is malformed, or settings are unknown or out of range; the message names them all.
    /// </exception>
    public static ServiceSettings Load(string? file, IReadOnlyDictionary<string, string?> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        if (file is not null && !File.Exists(file))
        {
            throw new FileNotFoundException("There is no such settings file.", Path.GetFullPath(file));
        }

        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null)
            {
                builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            }

            builder.AddEnvironmentVariables(EnvironmentPrefix);
            builder.AddInMemoryCollection(overrides.Where(o => o.Value is not null));
            var configuration = builder.Build();
            var settings = new ServiceSettings();
            SettingsCheck.Bind(configuration, settings, isOurs: key => overrides.Keys.Any(name => name.Split(':')[0].Equals(key, StringComparison.OrdinalIgnoreCase)) || (file is not null && IsInFile(file, key)));
            SettingsCheck.Validate(settings);
            return settings;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidSettingsException($"{file}: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    /// <summary>The settings as the JSON that <see cref="Load"/> reads.</summary>
    public static string ToJson(ServiceSettings settings) => JsonSerializer.Serialize(settings, Readable);

    private static bool IsInFile(string file, string topLevelKey)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.EnumerateObject().Any(p => p.Name.Equals(topLevelKey, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Settings that cannot be used; the message names each one, what it is and what it may be.</summary>
public sealed class InvalidSettingsException : Exception
{
    /// <summary>Makes the exception.</summary>
    public InvalidSettingsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public InvalidSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
