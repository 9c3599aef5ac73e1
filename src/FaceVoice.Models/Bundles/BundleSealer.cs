namespace FaceVoice.Models.Bundles;

/// <summary>Completes a draft manifest with hashes and the model id.</summary>
internal static class BundleSealer
{
    public static ModelManifest Seal(string directory, ModelManifest draft)
    {
        ManifestRules.Check(draft, "manifest");
        var names = ManifestRules.ReferencedFiles(draft).Concat(draft.Files.Keys).ToHashSet(StringComparer.Ordinal);
        if (File.Exists(Path.Combine(directory, ModelBundle.HeadWeightsFile)))
        {
            names.Add(ModelBundle.HeadWeightsFile);
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(directory, name);
            files[name] = File.Exists(path) ? ContentHash.OfFile(path) : throw new ModelFormatException($"The model is incomplete: {path} is missing.");
        }

        var completed = WithHashes(draft, files);
        foreach (var face in new[] { completed.Encoders.Face, completed.Encoders.JointFace })
        {
            if (face is not null && !ContentHash.IsWellFormed(face.Sha256))
            {
                throw new ModelFormatException($"manifest: the SHA-256 of the face encoder '{face.Name}' is missing.");
            }
        }

        return completed with { ModelId = ManifestRules.ComputeModelId(completed), Created = draft.Created ?? DateTimeOffset.UtcNow };
    }

    private static ModelManifest WithHashes(ModelManifest draft, SortedDictionary<string, string> files) => draft with
    {
        Files = files,
        Encoders = new EncoderSpecs
        {
            Face = draft.Encoders.Face is { File: { } face } spec ? spec with { Sha256 = files[face] } : draft.Encoders.Face,
            JointFace = draft.Encoders.JointFace is { File: { } own } joint ? joint with { Sha256 = files[own] } : draft.Encoders.JointFace,
            Speaker = draft.Encoders.Speaker is { } speaker ? speaker with { Sha256 = files[speaker.File] } : null,
        },
        Heads = draft.Heads is not { } heads ? null : new HeadSpecs
        {
            Face = heads.Face with { Sha256 = files[heads.Face.File] },
            Voice = heads.Voice with { Sha256 = files[heads.Voice.File] },
        },
    };
}
