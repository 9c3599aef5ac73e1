using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>Turns media files into points of an index of one model.</summary>
internal sealed class MediaEnroller : IDisposable
{
    /// <summary>The payload field that keeps where a point came from, so that another model can embed it again.</summary>
    public const string SourceField = "source";

    /// <summary>The payload field that tells that the source is a sample of a data set; absent for other media.</summary>
    public const string FormField = "source_form";

    private const string SampleForm = "sample";
    private readonly FaceVoiceEngine _engine;
    private readonly ImageDecoder _pictureDecoder = new(new MediaLimits());
    private readonly AudioDecoder _recordingDecoder;

    /// <summary>Opens a model.</summary>
    /// <param name="model">A folder, a name, or null for the default.</param>
    /// <param name="audio">How the audio of recordings is chosen; null for the defaults.</param>
    public MediaEnroller(string? model, AudioDecoderOptions? audio = null)
    {
        var options = new FaceVoiceEngineOptions { CacheBytes = 0, QueueCapacity = int.MaxValue, Audio = audio ?? new AudioDecoderOptions() };
        _recordingDecoder = new AudioDecoder(new MediaLimits(), options.Audio);
        _engine = FaceVoiceEngine.Open(ModelBundle.Open(ModelDirectory.Resolve(model)), options);
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
    public static PointModality? ModalityOf(string path) => MediaTypes.Claimed(path) switch
    {
        MediaType.Image => PointModality.Face,
        MediaType.Audio => PointModality.Voice,
        _ => null,
    };

    /// <summary>Tells whether the model makes vectors of such media that an index can hold.</summary>
    public bool Takes(PointModality modality) => modality == PointModality.Voice ? _engine.HasVoices : _engine.HasJointSpace;

    /// <summary>Embeds a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="modality">What it is; the model must take it.</param>
    /// <param name="isSample">An aligned face or a cut clip of a data set, which is embedded as it is.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The vectors by name, and what the medium lacks to be compared with others, as <c>match</c> says it.</returns>
    /// <exception cref="UnusableMediaException">No face, or too little speech.</exception>
    public async Task<MediaVectors> EmbedAsync(string path, PointModality modality, bool isSample, CancellationToken cancellationToken)
    {
        var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
        if (modality == PointModality.Face)
        {
            if (!Takes(modality))
            {
                throw new UsageException("the model has no joint space, so faces cannot be enrolled or searched for.");
            }

            var face = await EmbedFaceAsync(path, isSample, cancellationToken);
            vectors[VectorName.Joint] = face.In(EmbeddingSpace.Joint).Vector;
            return new(vectors, face.Lacking, []);
        }

        var voice = isSample
            ? await EmbedSampleAsync(path, cancellationToken)
            : path == MediaFile.Standard ? await _engine.Voices.EmbedAsync(await MediaFile.ReadAsync(path, cancellationToken), cancellationToken)
            : await _engine.Voices.EmbedFileAsync(path, cancellationToken);
        vectors[VectorName.Speaker] = voice.Speaker.Vector;
        if (voice.Joint is { } joint)
        {
            vectors[VectorName.Joint] = joint.Vector;
        }

        return new(vectors, voice.Lacking, voice.Warnings);
    }

    /// <summary>Embeds the file that a point came from.</summary>
    public Task<MediaVectors> EmbedAgainAsync(string path, IndexPoint point, CancellationToken cancellationToken) =>
        EmbedAsync(path, point.Modality, point.Payload.ContainsKey(FormField), cancellationToken);

    /// <summary>The file that a point came from; null if it came another way.</summary>
    public static string? SourceOf(IndexPoint point) => point.Payload.TryGetValue(SourceField, out var source) && source.Keywords is [var first, ..] ? first : null;

    /// <summary>The fields that say where a point came from.</summary>
    public static Dictionary<string, PayloadValue> Origin(EnrolmentItem item)
    {
        var fields = new Dictionary<string, PayloadValue> { [SourceField] = PayloadValue.FromKeywords(Path.GetFullPath(item.Path)) };
        if (item.IsSample)
        {
            fields[FormField] = PayloadValue.FromKeywords(SampleForm);
        }

        return fields;
    }

    public void Dispose() => _engine.Dispose();

    private async Task<VoiceEmbedding> EmbedSampleAsync(string path, CancellationToken cancellationToken)
    {
        var clip = await _recordingDecoder.DecodeFileAsync(path, cancellationToken);
        return await _engine.Voices.EmbedWindowAsync(clip.Samples, cancellationToken) with { Warnings = clip.Warnings };
    }

    private async Task<FaceEmbedding> EmbedFaceAsync(string path, bool isSample, CancellationToken cancellationToken)
    {
        var bytes = await MediaFile.ReadAsync(path, cancellationToken);
        if (!isSample)
        {
            return await _engine.Faces.EmbedAsync(bytes, cancellationToken);
        }

        using var image = _pictureDecoder.Decode(bytes);
        return _engine.Faces.EmbedAligned(image);
    }
}

/// <summary>What was made of one file.</summary>
/// <param name="Vectors">By name.</param>
/// <param name="Lacking">What the file lacks to be compared with others; empty if nothing.</param>
/// <param name="Warnings">What is doubtful in it.</param>
internal sealed record MediaVectors(IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors, IReadOnlyList<string> Lacking, IReadOnlyList<string> Warnings);
