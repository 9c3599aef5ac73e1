using FaceVoice.Models.Bundles;

namespace FaceVoice.Models;

/// <summary>A folder with a model: <c>manifest.json</c> and the files that it names, every one checked against its SHA-256. Thread-safe.</summary>
public sealed class ModelBundle
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The usual file name of the speaker encoder.</summary>
    public const string SpeakerFile = "speaker.onnx";

    /// <summary>The usual file name of the face head.</summary>
    public const string FaceHeadFile = "face_head.onnx";

    /// <summary>The usual file name of the voice head.</summary>
    public const string VoiceHeadFile = "voice_head.onnx";

    /// <summary>The heads' weights for training on from here.</summary>
    public const string HeadWeightsFile = "heads.safetensors";

    /// <summary>What a person should read before using the model; not part of the model id.</summary>
    public const string ModelCardFile = "MODEL_CARD.md";

    private const int MaxManifestBytes = 1 << 20;

    private ModelBundle(string directory, ModelManifest manifest)
    {
        Directory = directory;
        Manifest = manifest;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Directory { get; }

    /// <summary>The checked manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Which model this is; stands beside every embedding that it makes.</summary>
    public string ModelId => Manifest.ModelId;

    /// <summary>The speaker encoder's file.</summary>
    /// <exception cref="ModelFormatException">The bundle has none.</exception>
    public string SpeakerEncoderPath => PathOf(Manifest.Encoders.Speaker?.File, "speaker encoder");

    /// <summary>The face head's file.</summary>
    /// <exception cref="ModelFormatException">The bundle has none.</exception>
    public string FaceHeadPath => PathOf(Manifest.Heads?.Face.File, "face head");

    /// <summary>The voice head's file.</summary>
    /// <exception cref="ModelFormatException">The bundle has none.</exception>
    public string VoiceHeadPath => PathOf(Manifest.Heads?.Voice.File, "voice head");

    /// <summary>The face encoder's file where the bundle brings its own; null where it is a package beside it.</summary>
    public string? FaceEncoderPath => Manifest.Encoders.Face?.File is { } file ? Path.Combine(Directory, file) : null;

    /// <summary>
    /// The file of the joint space's own face network if the bundle brings it; null if it is a package beside it, or there is none.
    /// </summary>
    public string? JointFaceEncoderPath => Manifest.Encoders.JointFace?.File is { } file ? Path.Combine(Directory, file) : null;

    /// <summary>Opens a bundle and checks every file against its hash, and the model id against the hashes.</summary>
    /// <param name="directory">
    /// The folder that holds <c>manifest.json</c>; or the folder of a training run, which stands for the bundle in its <c>model</c> folder.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFormatException">No manifest, a file missing, changed or of a wrong version; the message names it.</exception>
    public static ModelBundle Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = BundleFolderOf(Path.GetFullPath(directory));
        return new(directory, BundleVerifier.Open(directory, MaxManifestBytes));
    }

    /// <summary>
    /// Makes a bundle of files that already lie in <paramref name="directory"/>: hashes those that <paramref name="draft"/> names (and
    /// <see cref="HeadWeightsFile"/> where it is there), computes the model id, writes the manifest.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="draft">The manifest; its hashes, file table and model id are filled in, a missing creation time too.</param>
    /// <exception cref="ModelFormatException">The draft contradicts itself, or a file that it names is not there.</exception>
    public static ModelBundle Create(string directory, ModelManifest draft)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(draft);
        directory = Path.GetFullPath(directory);
        var manifest = BundleSealer.Seal(directory, draft);
        AtomicFile.Write(Path.Combine(directory, ManifestFile), stream => stream.Write(manifest.ToJson()));
        return new(directory, manifest);
    }

    /// <summary>Throws unless <paramref name="modelId"/> is this bundle's.</summary>
    /// <param name="modelId">The id that came with stored or received embeddings.</param>
    /// <param name="subject">What brings it, for the message: "the index", "the query".</param>
    /// <exception cref="ModelMismatchException">The ids differ; the message names both.</exception>
    public void RequireSameModel(string modelId, string subject)
    {
        if (modelId != ModelId)
        {
            throw new ModelMismatchException(subject, ModelId, modelId);
        }
    }

    private static string BundleFolderOf(string folder)
    {
        var bundleOfRun = Path.Combine(folder, "model");
        return !File.Exists(Path.Combine(folder, ManifestFile)) && File.Exists(Path.Combine(bundleOfRun, ManifestFile)) ? bundleOfRun : folder;
    }

    private string PathOf(string? file, string part) =>
        file is null ? throw new ModelFormatException($"The model '{Manifest.Name}' in {Directory} has no {part}.") : Path.Combine(Directory, file);
}
