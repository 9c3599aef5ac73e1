namespace FaceVoice.Models.Bundles;

/// <summary>Reads the manifest of a folder and holds the folder against it.</summary>
internal static class BundleVerifier
{
    public static ModelManifest Open(string directory, int maxManifestBytes)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"No such model folder: {directory}");
        }

        var path = Path.Combine(directory, ModelBundle.ManifestFile);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > maxManifestBytes)
        {
            throw new ModelFormatException(file.Exists ? $"{path}: {file.Length} bytes are too many for a manifest." : $"{directory} is not a model folder: it has no {ModelBundle.ManifestFile}.");
        }

        var manifest = ManifestReader.Parse(File.ReadAllBytes(path), path);
        RequireCompleteTable(manifest, path);
        RequireModelId(manifest, path);
        foreach (var (name, hash) in manifest.Files)
        {
            RequireHash(Path.Combine(directory, name), hash);
        }

        return manifest;
    }

    private static void RequireHash(string path, string expected)
    {
        if (!File.Exists(path))
        {
            throw new ModelFormatException($"The model is incomplete: {path} is missing.");
        }

        var actual = ContentHash.OfFile(path);
        if (actual != expected)
        {
            throw new ModelFormatException($"{path} was changed or damaged: its SHA-256 is {actual}, the manifest says {expected}.");
        }
    }

    private static void RequireCompleteTable(ModelManifest manifest, string path)
    {
        var hashes = new List<(string File, string Hash)>();
        foreach (var spec in new[] { manifest.Encoders.Face, manifest.Encoders.JointFace })
        {
            if (spec is { File: { } face })
            {
                hashes.Add((face, spec.Sha256));
            }
        }

        if (manifest.Encoders.Speaker is { } speaker)
        {
            hashes.Add((speaker.File, speaker.Sha256));
        }

        if (manifest.Heads is { } heads)
        {
            hashes.Add((heads.Face.File, heads.Face.Sha256));
            hashes.Add((heads.Voice.File, heads.Voice.Sha256));
        }

        foreach (var (file, hash) in hashes)
        {
            if (!manifest.Files.TryGetValue(file, out var listed) || listed != hash)
            {
                throw new ModelFormatException($"{path}: the hash of {file} is not the one in the table of files.");
            }
        }
    }

    private static void RequireModelId(ModelManifest manifest, string path)
    {
        if (!manifest.Files.Values.All(ContentHash.IsWellFormed) || (manifest.Encoders.Face is { } face && !ContentHash.IsWellFormed(face.Sha256)))
        {
            throw new ModelFormatException($"{path}: a hash is not 64 hexadecimal digits.");
        }

        var computed = ManifestRules.ComputeModelId(manifest);
        if (computed != manifest.ModelId)
        {
            throw new ModelFormatException($"{path}: the model id is {manifest.ModelId}, but that of its files is {computed}.");
        }
    }
}
