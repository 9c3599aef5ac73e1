using System.Globalization;
using System.Numerics.Tensors;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Export;

/// <summary>The speaker encoder that was trained together with the heads, on its way in and out.</summary>
public static class TunedSpeaker
{
    private const int TrialSamples = 32_000;
    private const float LeastCosine = 0.999f;

    /// <summary>The weight file that a path means: itself, or the best weights of the speaker training run in that folder.</summary>
    /// <param name="path">A file, or a run's folder.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string FindWeights(string path)
    {
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "speaker.safetensors") : path);
        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is missing: needed are the weights of the speaker encoder, or the folder of the run that trained it.", file);
    }

    /// <summary>Makes sure that weights are those of a bundle's speaker encoder: both must hear the same in a test tone.</summary>
    /// <param name="weightsFile">A state dict.</param>
    /// <param name="bundle">A bundle with a speaker encoder.</param>
    /// <exception cref="ModelFormatException">They are of another encoder, or of none.</exception>
    public static void RequireSame(string weightsFile, ModelBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var (weights, served) = (Embed(Export(WeightsFile.Read(weightsFile)).Onnx.ToArray()), Embed(File.ReadAllBytes(bundle.SpeakerEncoderPath)));
        var cosine = weights.Length == served.Length ? TensorPrimitives.CosineSimilarity(weights, served) : 0;
        if (!(cosine > LeastCosine))
        {
            throw new ModelFormatException(string.Create(CultureInfo.InvariantCulture,
                $"{weightsFile} holds {weights.Length} values a voice that are not those of {bundle.SpeakerEncoderPath} ({served.Length} values; cosine {cosine:F3} on a test tone): these weights are of another encoder."));
        }
    }

    /// <summary>Writes a bundle of the speaker encoder of a checkpoint; an earlier one in the folder is replaced.</summary>
    /// <param name="checkpoint">A checkpoint with a speaker encoder.</param>
    /// <param name="origin">The bundle that it was trained on from.</param>
    /// <param name="folder">Where to.</param>
    /// <exception cref="ModelFormatException">The weights give no finite embedding.</exception>
    public static ModelBundle Write(HeadCheckpoint checkpoint, ModelBundle origin, string folder)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(origin);
        var weights = checkpoint.Speaker ?? throw new ArgumentException("The speaker encoder of this checkpoint was frozen.", nameof(checkpoint));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var before = origin.Manifest.Training.GetValueOrDefault("speaker");
        return SpeakerBundleWriter.Write(Export(weights), new()
        {
            Directory = folder,
            Training = (before ?? new()) with
            {
                Metrics = new Dictionary<string, double>(),
                Notes = $"trained on, together with projection heads, from the encoder {origin.Manifest.Encoders.Speaker!.Sha256[..16]} of {origin.Manifest.Name}; figures of that encoder do not hold for this one",
            },
            Licences = origin.Manifest.Licences,
        });
    }

    private static SpeakerModel Export(IReadOnlyDictionary<string, NamedTensor> weights) => SpeakerExporter.Export(
        SpeakerExporter.DetectArchitecture(weights) ?? throw new ModelFormatException($"The names of the tensors are those of no speaker encoder ({string.Join(", ", SpeakerExporter.Architectures)})."),
        weights);

    /// <summary>What an encoder makes of two seconds of a rising tone.</summary>
    private static float[] Embed(byte[] onnx)
    {
        var waveform = new float[TrialSamples];
        for (var i = 0; i < TrialSamples; i++)
        {
            waveform[i] = 0.3f * MathF.Sin(2e-4f * i * i / 2);
        }

        using var session = OnnxSession.Load(onnx);
        using var result = session.Run(new OnnxInput("waveform", waveform, 1, TrialSamples), new OnnxInput("lengths", new long[] { TrialSamples }, 1));
        return result.Floats(0).ToArray();
    }
}
