using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Export;

/// <summary>The two heads of a checkpoint, ready for use: the feature scaler is folded into their first layers. Needs no LibTorch.</summary>
public sealed class HeadCheckpoint
{
    private HeadCheckpoint(SafeTensorsFile file)
    {
        Face = Head(file.Tensors, "face");
        Voice = Head(file.Tensors, "voice");
        Speaker = Section(file.Tensors, "speaker_export.") ?? Section(file.Tensors, "speaker.");
        FaceEncoder = file.Metadata["face_encoder"];
        VoiceEncoder = file.Metadata["voice_encoder"];
        Options = DualTrainingOptions.FromJson(JsonNode.Parse(file.Metadata["options"])!);
        var state = JsonSerializer.Deserialize<TrainerState>(file.Metadata["state"], FeatureJson.Options)!;
        (Steps, BestEpoch, BestValidationAuc) = (state.Step, state.BestEpoch, state.BestScore);
    }

    /// <summary>Gets the weights of the face head, by name.</summary>
    public IReadOnlyDictionary<string, NamedTensor> Face { get; }

    /// <summary>Gets the weights of the voice head, by name.</summary>
    public IReadOnlyDictionary<string, NamedTensor> Voice { get; }

    /// <summary>Gets the weights of the speaker encoder that was trained with the heads; null where it was frozen.</summary>
    public IReadOnlyDictionary<string, NamedTensor>? Speaker { get; }

    /// <summary>Gets the id of the encoder whose face features the head was trained on.</summary>
    public string FaceEncoder { get; }

    /// <summary>Gets the id of the encoder whose voice features the head was trained on.</summary>
    public string VoiceEncoder { get; }

    /// <summary>Gets the settings of the run.</summary>
    public DualTrainingOptions Options { get; }

    /// <summary>Gets the steps behind the checkpoint.</summary>
    public long Steps { get; }

    /// <summary>Gets the best epoch so far, from 0; -1 without validation people.</summary>
    public int BestEpoch { get; }

    /// <summary>Gets the area under the curve on the validation people in that epoch.</summary>
    public double BestValidationAuc { get; }

    /// <summary>Reads the best checkpoint of a run, or the last where no epoch was the best.</summary>
    /// <param name="checkpoints">The folder of the checkpoints.</param>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static HeadCheckpoint Open(string checkpoints)
    {
        var best = Path.Combine(checkpoints, "best.safetensors");
        var path = File.Exists(best) ? best : Path.Combine(checkpoints, "last.safetensors");
        var file = SafeTensorsFile.Read(path);
        try
        {
            return new(file);
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException)
        {
            throw new ModelFormatException($"{path} is no checkpoint of two heads: {error.Message}");
        }
    }

    private static Dictionary<string, NamedTensor> Head(IReadOnlyDictionary<string, NamedTensor> tensors, string side)
    {
        var prefix = tensors.Keys.Any(name => name.StartsWith($"export.{side}_head.", StringComparison.Ordinal)) ? $"export.{side}_head." : $"model.{side}_head.";
        var head = Section(tensors, prefix) ?? throw new KeyNotFoundException($"no tensor's name begins with {prefix}");
        Fold(head, tensors[$"scaler.{side}.mean"].Floats.Span, tensors[$"scaler.{side}.scale"].Floats.Span);
        return head;
    }

    private static Dictionary<string, NamedTensor>? Section(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix)
    {
        var section = tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value.WithName(entry.Key[prefix.Length..]));
        return section.Count > 0 ? section : null;
    }

    /// <summary>W ((x - mean) * scale) + b = (W scale) x + (b - (W scale) mean), summed in double precision.</summary>
    private static void Fold(Dictionary<string, NamedTensor> head, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale)
    {
        var (weight, bias) = (head["fc1.weight"].Floats.ToArray(), head["fc1.bias"].Floats.ToArray());
        for (var o = 0; o < bias.Length; o++)
        {
            double shift = 0;
            for (var i = 0; i < mean.Length; i++)
            {
                ref var w = ref weight[(o * mean.Length) + i];
                shift += (double)w * scale[i] * mean[i];
                w *= scale[i];
            }

            bias[o] = (float)(bias[o] - shift);
        }

        head["fc1.weight"] = new("fc1.weight", [bias.Length, mean.Length], weight);
        head["fc1.bias"] = new("fc1.bias", [bias.Length], bias);
    }
}
