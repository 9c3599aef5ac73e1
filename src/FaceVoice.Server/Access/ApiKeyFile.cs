using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceVoice.Server.Access;

/// <summary>The file of the hashed keys: a JSON array of <see cref="ApiKeyRecord"/>.</summary>
internal static class ApiKeyFile
{
    public static IReadOnlyList<ApiKeyRecord> Read(string path)
    {
        try
        {
            var records = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiKeyJson.Default.ApiKeyRecordArray) ?? [];
            var broken = records.FirstOrDefault(r => r.Sha256.Length != 64 || !r.Sha256.All(char.IsAsciiHexDigit) || r.CallsPerSecond <= 0 || r.MaxConcurrentCalls <= 0);
            return broken is null ? records : throw new InvalidSettingsException($"{path}: the key of {broken.Client} needs a sha256 of 64 hex digits and limits above 0.");
        }
        catch (JsonException e)
        {
            throw new InvalidSettingsException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Replaces the file whole; only its owner may read it.</summary>
    public static void Write(string path, IReadOnlyList<ApiKeyRecord> records)
    {
        var scratch = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(scratch, options))
        {
            JsonSerializer.Serialize(stream, [.. records], ApiKeyJson.Default.ApiKeyRecordArray);
            stream.Flush(flushToDisk: true);
        }

        File.Move(scratch, path, overwrite: true);
    }
}

/// <summary>One key as it stands in the file: its hash, never the key. Several keys of one client are valid at once and share its limits.</summary>
internal sealed record ApiKeyRecord
{
    /// <summary>Who the key belongs to.</summary>
    public required string Client { get; init; }

    /// <summary>SHA-256 of the key's UTF-8 bytes, in hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the key stops being valid; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Calls a second over longer times; null for no limit.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>Calls at once; null for no limit.</summary>
    public int? MaxConcurrentCalls { get; init; }
}

/// <summary>The text of API keys: made of 256 random bits, so that one fast hash is enough to keep them by.</summary>
internal static class ApiKey
{
    private const string Prefix = "fv_";

    public static string Create() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiKeyRecord[]))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
