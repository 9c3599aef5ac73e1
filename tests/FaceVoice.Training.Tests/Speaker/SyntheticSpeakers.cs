using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Tests.Speaker;

/// <summary>Speakers made of pulses through two resonances of their own: easy to tell apart, and no data needed.</summary>
internal sealed class SyntheticSpeakers : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("facevoice-speakers-");
    private int _decoded;

    public SyntheticSpeakers(int speakers, int utterances, double seconds = 1.2)
    {
        for (var speaker = 0; speaker < speakers; speaker++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "data", $"s{speaker:D2}"));
            for (var utterance = 0; utterance < utterances; utterance++)
            {
                File.WriteAllText(Path.Combine(folder.FullName, $"u{utterance}.wav"), $"{speaker} {utterance} {(int)(seconds * 16_000)}");
            }
        }

        Data = SpeakerDataset.Open(Path.Combine(_folder.FullName, "data"));
    }

    public SpeakerDataset Data { get; }

    public string Root => _folder.FullName;

    public string Cache => Path.Combine(Root, "cache");

    /// <summary>Gets how many files were decoded so far.</summary>
    public int Decoded => _decoded;

    public AudioCache Open(SpeakerDataset? data = null) => Builder().BuildAsync(data ?? Data, 2).GetAwaiter().GetResult();

    public AudioCacheBuilder Builder() => new(Cache, DecodeAsync, error => error is FormatException);

    public void Dispose() => _folder.Delete(recursive: true);

    public static float[] Sound(int speaker, int utterance, int samples)
    {
        var random = RandomSource.Derive(99, (ulong)speaker, (ulong)utterance);
        var sound = new float[samples];
        var (pitch, f1, f2) = (90 + (13 * speaker), 300 + (70 * speaker % 500), 1_100 + (190 * speaker % 1_700));
        double a1 = 0, a2 = 0, b1 = 0, b2 = 0, phase = random.NextDouble();
        for (var i = 0; i < samples; i++)
        {
            phase += pitch / 16_000.0;
            var pulse = phase >= 1 ? 1.0 : 0;
            phase -= Math.Floor(phase);
            var excitation = pulse + (0.02 * random.NextNormal());
            (a1, a2) = ((2 * 0.97 * Math.Cos(2 * Math.PI * f1 / 16_000) * a1) - (0.97 * 0.97 * a2) + excitation, a1);
            (b1, b2) = ((2 * 0.95 * Math.Cos(2 * Math.PI * f2 / 16_000) * b1) - (0.95 * 0.95 * b2) + excitation, b1);
            sound[i] = (float)(0.05 * (a1 + b1));
        }

        return sound;
    }

    private Task<ReadOnlyMemory<float>> DecodeAsync(string path, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _decoded);
        var parts = File.ReadAllText(path).Split(' ');
        return parts.Length == 3
            ? Task.FromResult<ReadOnlyMemory<float>>(Sound(int.Parse(parts[0], null), int.Parse(parts[1], null), int.Parse(parts[2], null)))
            : throw new FormatException("broken file");
    }
}
