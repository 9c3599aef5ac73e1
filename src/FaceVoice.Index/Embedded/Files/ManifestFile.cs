using System.Text;
using System.Text.Json;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>Reads and replaces the manifest: JSON, then one line that authenticates it.</summary>
internal static class ManifestFile
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Writes a manifest beside the old one, flushes it, and lets it take the old one's name.</summary>
    /// <exception cref="IOException">It could not be written; the old one stands.</exception>
    /// <exception cref="IndexReadOnlyException">It could not be renamed for sure: which of the two stands is uncertain.</exception>
    public static void Write(StoreFolder folder, Manifest manifest, StoreKeys keys)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.Manifest);
        byte[] bytes = [.. json, .. Encoding.ASCII.GetBytes($"\n{keys.Authenticate(json)}\n")];
        const string Temporary = StoreFolder.ManifestName + ".tmp";
        using (var file = folder.Create(Temporary))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        try
        {
            folder.Rename(Temporary, StoreFolder.ManifestName);
        }
        catch (IOException error)
        {
            throw new IndexReadOnlyException($"The manifest of {folder.Path} could not be replaced for sure; the index only reads until it is opened again.", error);
        }
    }

    /// <summary>Reads the manifest; null where there is none.</summary>
    /// <exception cref="IndexCorruptException">It is damaged.</exception>
    /// <exception cref="IndexAccessDeniedException">A key is missing, wrong, or given without need.</exception>
    public static (Manifest Manifest, StoreKeys Keys)? Read(StoreFolder folder, StoreKey? encryption, StoreKey? template)
    {
        var path = folder.ManifestPath;
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new IndexCorruptException(path, -1, "far too large for a manifest");
        }

        var bytes = File.ReadAllBytes(path);
        var end = bytes.Length < 2 ? -1 : bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n');
        if (end < 0 || bytes[^1] != '\n')
        {
            throw new IndexCorruptException(path, -1, "its last line is missing");
        }

        var json = bytes.AsSpan(0, end);
        var manifest = Parse(path, json);
        var keys = new StoreKeys(manifest.Store, encryption, template);
        MustFit("encryption", path, manifest.EncryptionCheck, keys.EncryptionCheck);
        if (Encoding.ASCII.GetString(bytes.AsSpan(end + 1, bytes.Length - end - 2)) != keys.Authenticate(json))
        {
            throw new IndexCorruptException(path, -1, "its content and its checksum do not go together");
        }

        MustFit("template", path, manifest.TemplateCheck, keys.TemplateCheck);
        return (manifest, keys);
    }

    private static Manifest Parse(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest) ?? throw new JsonException("null");
            if (manifest.Format != Manifest.CurrentFormat)
            {
                throw new IndexCorruptException(path, -1, $"format {manifest.Format}; this version reads format {Manifest.CurrentFormat}");
            }

            _ = manifest.ToSchema();
            return manifest;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            throw new IndexCorruptException(path, -1, "it is not readable as a manifest", error);
        }
    }

    private static void MustFit(string kind, string path, string? stored, string? given)
    {
        if (stored == given)
        {
            return;
        }

        throw new IndexAccessDeniedException((stored, given) switch
        {
            (null, _) => $"{path}: the index was made without {(kind == "encryption" ? "an encryption" : "a template")} key, and one was given; leave it out, or give the index one by 'facevoice index rekey'.",
            (_, null) => $"{path}: the index needs its {kind} key.",
            _ => $"{path}: this is not the index's {kind} key.",
        });
    }
}
