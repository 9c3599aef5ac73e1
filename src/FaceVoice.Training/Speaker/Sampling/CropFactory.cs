using FaceVoice.Datasets.Randomness;
using FaceVoice.Datasets.Spectra;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Augmentation;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker.Sampling;

/// <summary>
/// Makes training crops: cut, change of speed, augmentation, features, masks. Thread-safe; a crop depends on its number and the seed alone.
/// </summary>
internal sealed class CropFactory
{
    private readonly AudioCache _audio;
    private readonly AugmentationOptions _options;
    private readonly ulong _seed;
    private readonly WaveformAugmenter _augmenter;
    private readonly LogMelFrontEnd _features;
    private readonly Dictionary<double, SpeedPerturbation> _speeds = [];
    private readonly int[] _usable;

    public CropFactory(SpeakerDataset dataset, AudioCache audio, AugmentationOptions options, int samples, int bands, ulong seed)
    {
        (_audio, _options, _seed, Samples) = (audio, options, seed, samples);
        _augmenter = new(options, seed);
        _features = new(bands);
        _usable = [.. Enumerable.Range(0, audio.Count).Where(i => audio.Length(i) >= MinSamples)];
        foreach (var speed in options.Speeds.Where(s => s != 1))
        {
            _speeds[speed] = new(speed);
        }

        var usable = _usable.ToHashSet();
        var bySpeaker = dataset.Utterances.Index().Where(u => usable.Contains(u.Index)).GroupBy(u => u.Item.Speaker, u => u.Index).ToArray();
        Classes = [.. from speed in options.Speeds from speaker in bySpeaker select new TrainingClass(speaker.Key, speed, [.. speaker])];
        if (bySpeaker.Length < 2)
        {
            throw new SpeakerDataException($"Training needs at least two speakers with half a second of audio; there are {bySpeaker.Length}.");
        }
    }

    /// <summary>Gets the shortest recording that is used, in samples: half a second.</summary>
    public static int MinSamples => 8_000;

    public IReadOnlyList<TrainingClass> Classes { get; }

    /// <summary>Gets the length of a crop, in samples.</summary>
    public int Samples { get; }

    public int Frames => LogMelFrontEnd.FrameCount(Samples);

    public int Bands => _features.Bands;

    /// <summary>Makes the crop of one sample.</summary>
    /// <param name="sample">Its number.</param>
    /// <param name="classIndex">Its class.</param>
    /// <param name="features">Receives <c>[Bands, Frames]</c>.</param>
    public void Make(long sample, int classIndex, Span<float> features)
    {
        var random = RandomSource.Derive(_seed, RandomPurpose.Crop, (ulong)sample);
        var chosen = Classes[classIndex];
        var sound = new float[Samples];
        Cut(chosen.Utterances[random.NextInt(chosen.Utterances.Length)], chosen.Speed, sound, random);
        _augmenter.Apply(sound, random, OtherVoice);
        _features.Extract(sound, features);
        FeatureMasking.Apply(features, Bands, _options, random);
    }

    private void Cut(int utterance, double speed, Span<float> sound, RandomSource random)
    {
        var perturbation = _speeds.GetValueOrDefault(speed);
        var needed = perturbation?.InputLength(sound.Length) ?? sound.Length;
        var length = _audio.Length(utterance);

        // A recording shorter than the crop is repeated from a random point on.
        var start = random.NextInt(length > needed ? length - needed + 1 : length);
        if (perturbation is null)
        {
            _audio.Read(utterance, start, sound);
            return;
        }

        var source = new float[needed];
        _audio.Read(utterance, start, source);
        perturbation.Apply(source, sound);
    }

    private void OtherVoice(Span<float> destination, RandomSource random)
    {
        var utterance = _usable[random.NextInt(_usable.Length)];
        _audio.Read(utterance, random.NextInt(_audio.Length(utterance)), destination);
    }
}

/// <summary>One batch of crops, ready for the network.</summary>
/// <param name="Index">Number of the batch since the start of training.</param>
/// <param name="Features"><c>[rows, bands, frames]</c>, row-major, decibel with each band's mean taken out.</param>
/// <param name="Classes">One class a row.</param>
/// <param name="Frames">Frames of each crop.</param>
internal sealed record CropBatch(long Index, float[] Features, long[] Classes, int Frames);

/// <summary>One class of the classifier: a speaker at one speed.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Speed">At which speed; 1 is as recorded.</param>
/// <param name="Utterances">Indices of the recordings in the audio cache.</param>
internal sealed record TrainingClass(string Speaker, double Speed, int[] Utterances);
