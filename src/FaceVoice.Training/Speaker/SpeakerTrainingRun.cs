using System.Text.Json.Nodes;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker;

/// <summary>A whole training run from a data set on disk: filter, hold out speakers, decode once, train.</summary>
public static class SpeakerTrainingRun
{
    /// <summary>Decodes what the cache lacks and opens it, in the order of the data set.</summary>
    /// <param name="dataset">The recordings.</param>
    /// <param name="cacheFolder">Where decoded audio is kept.</param>
    /// <param name="jobs">Files decoded at a time.</param>
    /// <param name="progress">Told after every file; null for nobody.</param>
    /// <param name="cancellationToken">Stops early; what was decoded stays.</param>
    public static Task<AudioCache> DecodeAsync(
        SpeakerDataset dataset, string cacheFolder, int jobs, IProgress<CacheProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var decoder = new AudioDecoder(new MediaLimits());
        return new AudioCacheBuilder(
            cacheFolder,
            async (path, token) => (await decoder.DecodeFileAsync(path, token).ConfigureAwait(false)).Samples,
            error => error is InvalidMediaException).BuildAsync(dataset, jobs, progress, cancellationToken);
    }

    /// <summary>Turns the weights that a run kept into the encoder that the server runs: waveform in, embedding out.</summary>
    /// <param name="weights">A run's <c>speaker.safetensors</c>.</param>
    /// <param name="onnxPath">Where to write the encoder; replaced as a whole.</param>
    /// <exception cref="ModelFormatException">The file does not hold the weights of a speaker encoder.</exception>
    public static void Export(string weights, string onnxPath)
    {
        var tensors = SafeTensorsFile.Read(weights).Tensors.Values
            .Where(t => t.ElementType == TensorElementType.Float32).ToDictionary(t => t.Name, StringComparer.Ordinal);
        var architecture = SpeakerExporter.DetectArchitecture(tensors)
            ?? throw new ModelFormatException($"{weights}: the names of its tensors are those of no speaker encoder ({string.Join(", ", SpeakerExporter.Architectures)}).");
        var model = SpeakerExporter.Export(architecture, tensors);
        AtomicFile.Write(onnxPath, stream => stream.Write(model.Onnx.Span));
    }

    /// <summary>Trains, and exports the weights that were kept as <c>speaker.onnx</c>.</summary>
    /// <param name="dataset">The recordings, filtered.</param>
    /// <param name="outputFolder">The run's folder.</param>
    /// <param name="cacheFolder">Where decoded audio is kept; runs may share it.</param>
    /// <param name="jobs">Files decoded at a time.</param>
    /// <param name="options">The settings.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="decoding">Is told how the decoding goes.</param>
    /// <param name="resume">Whether to go on with the run in the folder.</param>
    /// <param name="cancellationToken">Ends the run early; it can be resumed.</param>
    /// <exception cref="SpeakerDataException">The data do not suffice.</exception>
    /// <exception cref="SpeakerTrainingException">Too many steps in a row met non-finite numbers.</exception>
    /// <exception cref="IOException">The folder already holds a run and <paramref name="resume"/> is off.</exception>
    public static async Task<SpeakerTrainingResult> ExecuteAsync(
        SpeakerDataset dataset, string outputFolder, string cacheFolder, int jobs, SpeakerTrainerOptions options,
        ITrainingObserver<SpeakerTrainingProgress, SpeakerValidation> observer,
        IProgress<CacheProgress>? decoding,
        bool resume,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        var run = resume ? RunFolder.Open(outputFolder) : RunFolder.Create(outputFolder);
        var (training, validation) = dataset.HoldOut(options.ValidationSpeakers, minimumUtterances: 4, options.Seed);
        AtomicFile.WriteJson(run.SplitFile, new JsonObject
        {
            ["validation"] = new JsonArray([.. validation.Speakers.Select(s => (JsonNode?)s)]),
            ["training"] = new JsonArray([.. training.Speakers.Select(s => (JsonNode?)s)]),
        });
        using var trainingAudio = await DecodeAsync(training, cacheFolder, jobs, decoding, cancellationToken).ConfigureAwait(false);
        using var validationAudio = await DecodeAsync(validation, cacheFolder, jobs, null, cancellationToken).ConfigureAwait(false);
        var held = options.ValidationSpeakers > 0 ? (validation, validationAudio) : ((SpeakerDataset, AudioCache)?)null;
        using var trainer = new SpeakerTrainer(options, run, training, trainingAudio, held, observer, resume);
        var result = trainer.Run(cancellationToken);
        Export(result.Weights, Path.Combine(run.Root, "speaker.onnx"));
        return result;
    }
}

/// <summary>How a run ended.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="BestStep">The step of the weights that were kept.</param>
/// <param name="BestError">Their error on held-out speakers; null without validation.</param>
/// <param name="Weights">The file of the weights that were kept.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record SpeakerTrainingResult(long Steps, long BestStep, double? BestError, string Weights, string Reason);

/// <summary>Training cannot go on; the message says where it began and what was kept.</summary>
/// <param name="message">Where it began and what was kept.</param>
public sealed class SpeakerTrainingException(string message) : Exception(message);
