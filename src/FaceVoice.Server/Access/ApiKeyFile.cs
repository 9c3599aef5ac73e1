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
