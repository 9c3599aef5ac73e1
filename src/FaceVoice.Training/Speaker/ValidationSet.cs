using FaceVoice.Datasets.Randomness;
using FaceVoice.Datasets.Spectra;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Metrics;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Augmentation;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker;

/// <summary>
/// Fixed crops of held-out speakers, each clean and once degraded, so that the choice of the best weights also looks at speech unlike the
/// recordings. Trials are all pairs of crops from different recordings.
/// </summary>
internal sealed class ValidationSet
{
    private const int Rows = 32;
    private readonly float[][] _features;
    private readonly int[] _speakers;
    private readonly int[] _recordings;
    private readonly int _bands;

    public ValidationSet(SpeakerDataset dataset, AudioCache audio, SpeakerTrainerOptions options)
    {
        _bands = options.MelBins;
        var front = new LogMelFrontEnd(_bands);
        var degrade = new WaveformAugmenter(
            new() { Noise = 0.7, Babble = 0.2, Reverberation = 0.6, BandLimit = 0.4, Telephone = 0.15, Gain = 0.5 }, options.Seed);
        var samples = (int)(options.ValidationSeconds * 16_000);
        var numbers = dataset.Speakers.Index().ToDictionary(s => s.Item, s => s.Index);
        var chosen = dataset.Utterances.Index().Where(u => audio.Length(u.Index) >= CropLength(samples))
            .GroupBy(u => u.Item.Speaker).SelectMany(g => g.Take(options.ValidationUtterances)).ToArray();
        _features = new float[2 * chosen.Length][];
        _speakers = new int[_features.Length];
        _recordings = new int[_features.Length];
        foreach (var (place, (index, utterance)) in chosen.Index())
        {
            // Shorter recordings are repeated to the full crop, so that all crops fit one tensor.
            var sound = new float[samples];
            audio.Read(index, Math.Max(0, (audio.Length(index) - samples) / 2), sound);
            Add(2 * place, front, sound);
            var random = RandomSource.Derive(options.Seed, RandomPurpose.Validation, (ulong)place);
            degrade.Apply(sound, random, (buffer, other) =>
            {
                var voice = chosen[other.NextInt(chosen.Length)].Index;
                audio.Read(voice, other.NextInt(audio.Length(voice)), buffer);
            });
            Add((2 * place) + 1, front, sound);
            for (var copy = 0; copy < 2; copy++)
            {
                _speakers[(2 * place) + copy] = numbers[utterance.Speaker];
                _recordings[(2 * place) + copy] = place;
            }
        }
    }

    /// <summary>Gets the number of crops, degraded ones included.</summary>
    public int Count => _features.Length;

    /// <summary>Tries the network in evaluation mode, and puts it back into training mode.</summary>
    public (double Error, double CleanError, double Cost) Measure(SpeakerNetwork network)
    {
        var embeddings = Embed(network);
        var all = Trials(embeddings, step: 1);
        var clean = Trials(embeddings, step: 2);
        return (EqualErrorRate.From(all).Rate, EqualErrorRate.From(clean).Rate, DetectionCost.From(all).Normalised);
    }

    private static int CropLength(int samples) => Math.Min(samples, 16_000);

    private void Add(int place, LogMelFrontEnd front, ReadOnlySpan<float> sound)
    {
        _features[place] = new float[_bands * LogMelFrontEnd.FrameCount(sound.Length)];
        front.Extract(sound, _features[place]);
    }

    private float[][] Embed(SpeakerNetwork network)
    {
        var found = new float[_features.Length][];
        var device = network.parameters().First().device;
        network.eval();
        using (torch.no_grad())
        {
            for (var first = 0; first < found.Length; first += Rows)
            {
                using var scope = torch.NewDisposeScope();
                var rows = Math.Min(Rows, found.Length - first);
                float[] batch = [.. _features.Skip(first).Take(rows).SelectMany(f => f)];
                var output = torch.nn.functional.normalize(network.forward(torch.tensor(batch, [rows, _bands, _features[first].Length / _bands], device: device).transpose(1, 2)));
                var values = output.ToArray<float>();
                for (var row = 0; row < rows; row++)
                {
                    found[first + row] = values.AsSpan(row * values.Length / rows, values.Length / rows).ToArray();
                }
            }
        }

        network.train();
        return found;
    }

    private RocCurve Trials(float[][] embeddings, int step)
    {
        var scores = new List<float>();
        var isMatch = new List<bool>();
        for (var i = 0; i < embeddings.Length; i += step)
        {
            for (var j = i + step; j < embeddings.Length; j += step)
            {
                if (_recordings[i] != _recordings[j])
                {
                    var score = System.Numerics.Tensors.TensorPrimitives.Dot<float>(embeddings[i], embeddings[j]);
                    scores.Add(float.IsFinite(score) ? score : -1);
                    isMatch.Add(_speakers[i] == _speakers[j]);
                }
            }
        }

        return RocCurve.Compute(scores.ToArray(), isMatch.ToArray());
    }
}
