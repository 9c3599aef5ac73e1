using System.Globalization;
using System.Text;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Makes a speaker-only bundle of an exported encoder, after one trial run of it.</summary>
public static class SpeakerBundleWriter
{
    private const int TrialSamples = 32_000;

    /// <summary>Writes <c>speaker.onnx</c>, the model card and the manifest.</summary>
    /// <param name="model">The encoder.</param>
    /// <param name="request">Where it goes, and what is said about it.</param>
    /// <returns>The bundle, with its id.</returns>
    /// <exception cref="IOException">The folder exists and is not empty, or cannot be written.</exception>
    /// <exception cref="ModelFormatException">The encoder gives no finite embedding of unit length: its weights are broken.</exception>
    public static ModelBundle Write(SpeakerModel model, SpeakerBundleRequest request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        var folder = Path.GetFullPath(request.Directory);
        RequireEmpty(folder);
        RequireUsable(model);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelBundle.SpeakerFile), model.Onnx.Span);

        var draft = new ModelManifest
        {
            Name = request.Name ?? Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar)),
            Dimensions = new EmbeddingDimensions { Speaker = model.Spec.Dimension },
            Encoders = new EncoderSpecs { Speaker = model.Spec },
            Training = new Dictionary<string, TrainingSummary> { ["speaker"] = request.Training },
            Licences = request.Licences,
            Calibration = request.Calibration is { } calibration ? new CalibrationSpecs { Speaker = calibration } : null,
        };
        var bundle = ModelBundle.Create(folder, draft);
        File.WriteAllText(Path.Combine(folder, ModelBundle.ModelCardFile), Card(bundle.Manifest, model.Spec, request));
        return bundle;
    }

    private static void RequireEmpty(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new IOException($"{folder} already exists and is not an empty folder; choose another one, or remove it first.");
        }
    }

    // Two seconds of a rising tone: enough frames for every kernel, energy in every band.
    private static void RequireUsable(SpeakerModel model)
    {
        var waveform = new float[TrialSamples];
        for (var i = 0; i < TrialSamples; i++)
        {
            waveform[i] = 0.3f * MathF.Sin(2e-4f * i * i / 2);
        }

        using var session = OnnxSession.Load(model.Onnx.ToArray());
        using var result = session.Run(new OnnxInput("waveform", waveform, 1, TrialSamples), new OnnxInput("lengths", new long[] { TrialSamples }, 1));
        var squares = 0.0;
        foreach (var value in result.Floats(0))
        {
            squares += (double)value * value;
        }

        if (!(Math.Abs(squares - 1) < 1e-3))
        {
            throw new ModelFormatException("The encoder's embedding of a test tone is not finite or not of unit length: the weights cannot be those of a trained network.");
        }
    }

    private static string Card(ModelManifest manifest, SpeakerEncoderSpec spec, SpeakerBundleRequest request)
    {
        var card = new StringBuilder();
        card.AppendLine(CultureInfo.InvariantCulture, $"# {manifest.Name}\n");
        card.AppendLine(CultureInfo.InvariantCulture, $"A speaker encoder ({spec.Architecture}, {spec.Dimension} values, {spec.Preprocessing.MelBins} mel bands). Model id `{manifest.ModelId}`.\n");
        card.AppendLine("It turns speech (16 kHz mono) into a vector; the cosine of two vectors tells how alike two voices are. That is statistical evidence, never proof of identity.\n");
        card.AppendLine(CultureInfo.InvariantCulture, $"* Data: {request.Training.Data ?? "not recorded"}");
        card.AppendLine(CultureInfo.InvariantCulture, $"* Notes: {request.Training.Notes ?? "none"}");
        foreach (var (name, value) in request.Training.Metrics)
        {
            card.AppendLine(CultureInfo.InvariantCulture, $"* {name}: {value:G4}");
        }

        foreach (var licence in request.Licences)
        {
            card.AppendLine(CultureInfo.InvariantCulture, $"* Licence of {licence.Subject}: {licence.Licence}{(licence.Source is { } source ? $" ({source})" : "")}");
        }

        return card.ToString();
    }
}

/// <summary>What a speaker-only bundle shall say about itself.</summary>
public sealed record SpeakerBundleRequest
{
    /// <summary>The folder to be made; it must not exist, or be empty.</summary>
    public required string Directory { get; init; }

    /// <summary>The model's name; null for the folder's.</summary>
    public string? Name { get; init; }

    /// <summary>Where the weights come from, for the manifest and the model card.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>Licences of weights and data.</summary>
    public IReadOnlyList<LicenceNotice> Licences { get; init; } = [];

    /// <summary>How cosines between voices are read; null where nothing was measured.</summary>
    public ScoreCalibration? Calibration { get; init; }
}
