using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Model;
using FaceVoice.Pipeline;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>Turns media files into points of an index of one model.</summary>
internal sealed class MediaEnroller : IDisposable
{
    /// <summary>The payload field that keeps where a point came from, so that another model can embed it again.</summary>
    public const string SourceField = "source";

    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic" };
    private static readonly HashSet<string> Recordings = new(StringComparer.OrdinalIgnoreCase) { ".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wma" };
    private readonly FaceVoiceEngine _engine;

    public MediaEnroller(string model)
    {
        _engine = FaceVoiceEngine.Open(ModelBundle.Open(model));
        var dimensions = new Dictionary<string, int>();
        if (_engine.HasJointSpace && _engine.Manifest?.Dimensions.Joint is { } joint)
        {
            dimensions[VectorName.Joint] = joint;
        }

        if (_engine.HasVoices)
        {
            dimensions[VectorName.Speaker] = _engine.Voices.SpeakerDimension;
        }

        if (dimensions.Count == 0)
        {
            _engine.Dispose();
            throw new UsageException($"the model {model} has neither a joint nor a speaker space, so there is nothing to index.");
        }

        Schema = new IndexSchema(_engine.ModelId, dimensions);
    }

    public IndexSchema Schema { get; }

    /// <summary>What a file is, by its name; null for neither.</summary>
    public static PointModality? ModalityOf(string path) => Pictures.Contains(Path.GetExtension(path)) ? PointModality.Face
        : Recordings.Contains(Path.GetExtension(path)) ? PointModality.Voice : null;

    /// <summary>Embeds a file.</summary>
    /// <returns>The vectors by name.</returns>
    /// <exception cref="UnusableMediaException">No face, or too little speech.</exception>
    public async Task<Dictionary<string, ReadOnlyMemory<float>>> EmbedAsync(string path, PointModality modality, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
        if (modality == PointModality.Face)
        {
            if (!_engine.HasJointSpace)
            {
                throw new UsageException("the model has no joint space, so faces cannot be enrolled or searched for.");
            }

            vectors[VectorName.Joint] = (await _engine.Faces.EmbedAsync(bytes, cancellationToken)).In(EmbeddingSpace.Joint).Vector;
            return vectors;
        }

        var voice = await _engine.Voices.EmbedAsync(bytes, cancellationToken);
        vectors[VectorName.Speaker] = voice.Speaker.Vector;
        if (voice.Joint is { } joint)
        {
            vectors[VectorName.Joint] = joint.Vector;
        }

        return vectors;
    }

    public void Dispose() => _engine.Dispose();
}
