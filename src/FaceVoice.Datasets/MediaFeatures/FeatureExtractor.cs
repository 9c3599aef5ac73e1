using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.Spectra;
using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>
/// Computes the features of media once, through the code that serves, and keeps them by the content of the file and the id of the encoder:
/// the same file is never encoded twice, another encoder never reads the wrong features.
/// </summary>
/// <param name="engine">
/// Encoders; its bundle needs a speaker encoder, its voice windows have the length of <paramref name="options"/>.
/// </param>
/// <param name="faceEncoder">The face network that the heads are to take their vectors from; not disposed here.</param>
/// <param name="voiceEncoder">Id of the speaker encoder: its SHA-256.</param>
/// <param name="options">How.</param>
public sealed class FeatureExtractor(FaceVoiceEngine engine, FaceEncoder faceEncoder, string voiceEncoder, FeatureExtractionOptions options)
{
    private readonly ImageDecoder _images = new(new MediaLimits());
    private readonly AudioDecoder _audio = new(new MediaLimits());
    private readonly ConcurrentDictionary<string, Lazy<Task<FeatureRows>>> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<(string Path, string Warning)> _warnings = [];

    /// <summary>
    /// Gets what is doubtful in recordings that were used: they are cut off, two people speak. In the order of their paths; the cache
    /// remembers it.
    /// </summary>
    public IReadOnlyList<(string Path, string Warning)> Warnings => [.. _warnings.OrderBy(entry => entry.Path, StringComparer.Ordinal)];

    /// <summary>Computes, or finds, the features of all samples.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="progress">Samples done, and samples in all.</param>
    /// <param name="cancellationToken">Stops; what is done stays in the cache.</param>
    /// <returns>
    /// The features, the samples that could not be used with reasons (those of <paramref name="data"/> included), and the seconds of
    /// speech.
    /// </returns>
    /// <exception cref="InvalidDataException">No sample could be used.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<(FeatureSet Features, IReadOnlyList<RejectedSample> Rejected, double SpeechSeconds)> ExtractAsync(
        MediaManifest data, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        Directory.CreateDirectory(options.CacheFolder);
        var rows = new (FeatureRows Face, FeatureRows Voice)?[data.Samples.Count];
        var reasons = new string?[data.Samples.Count];
        Func<byte[], CancellationToken, Task<FeatureRows>> voiceRows = options.SpectrumBands > 0 ? SpectraAsync : VoiceRowsAsync;
        var done = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, data.Samples.Count),
            new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var sample = data.Samples[i];
                try
                {
                    rows[i] = (await OnceAsync(sample.Face!, FaceKey, faceEncoder.Dimension, FaceRowsAsync, token).ConfigureAwait(false),
                        await OnceAsync(sample.Voice!, VoiceKey, VoiceWidth, voiceRows, token).ConfigureAwait(false));
                }
                catch (Exception error) when (error
                    is UnusableMediaException or InvalidMediaException or NonFiniteOutputException or FileNotFoundException)
                {
                    reasons[i] = error.Message;
                }

                progress?.Report((Interlocked.Increment(ref done), data.Samples.Count));
            }).ConfigureAwait(false);
        var unusable = data.Samples.Zip(reasons).Where(
            item => item.Second is not null).Select(item => new RejectedSample(item.First.Id, item.Second!));
        var used = data.Samples.Zip(rows).Where(item => item.Second is not null);
        var heard = used.DistinctBy(item => item.First.Voice).Sum(item => item.Second!.Value.Voice.Seconds);
        return (Assemble(data, rows), [.. data.Rejected, .. unusable], heard);
    }

    private string FaceKey => string.Create(CultureInfo.InvariantCulture, $"face2:{faceEncoder.ModelSha256}:{options.AugmentFaces}");

    private string VoiceKey => options.SpectrumBands > 0
        ? string.Create(CultureInfo.InvariantCulture, $"spectra1:{options.SpectrumBands}:{options.WindowSeconds}:{options.VoiceWindows}")
        : string.Create(CultureInfo.InvariantCulture, $"voice2:{voiceEncoder}:{options.WindowSeconds}:{options.VoiceWindows}");

    private int WindowSamples => (int)(options.WindowSeconds * AudioClip.SampleRate);

    private int VoiceWidth =>
        options.SpectrumBands > 0 ? options.SpectrumBands * LogMelFrontEnd.FrameCount(WindowSamples) : engine.Voices.SpeakerDimension;

    private FeatureSet Assemble(MediaManifest data, (FeatureRows Face, FeatureRows Voice)?[] rows)
    {
        var (faces, voices) = (new List<float>(), new List<float>());
        var (identities, index) = (new List<IdentityRecord>(), new Dictionary<string, int>());
        var samples = new List<FeatureSample>();
        var people = data.Samples.GroupBy(sample => sample.Identity!).ToDictionary(person => person.Key, DescribePerson);
        var (faceWidth, voiceWidth) = (faceEncoder.Dimension, VoiceWidth);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not { } row)
            {
                continue;
            }

            var sample = data.Samples[i];
            if (!index.TryGetValue(sample.Identity!, out var identity))
            {
                index[sample.Identity!] = identity = identities.Count;
                identities.Add(people[sample.Identity!]);
            }

            samples.Add(new(
                sample.Id,
                identity,
                faces.Count / faceWidth,
                row.Face.Values.Length / faceWidth,
                voices.Count / voiceWidth,
                row.Voice.Values.Length / voiceWidth));
            faces.AddRange(row.Face.Values);
            voices.AddRange(row.Voice.Values);
        }

        return samples.Count > 0
            ? new(identities, [.. samples], new([.. faces], faceWidth, faceEncoder.ModelSha256), new([.. voices], voiceWidth, voiceEncoder))
            : throw new InvalidDataException(
                $"None of the {rows.Length} samples could be used: no face in the images, or no speech in the recordings.");
    }

    /// <summary>What all samples of a person agree on: where some say one gender and others another, the gender is not known.</summary>
    private static IdentityRecord DescribePerson(IGrouping<string, MediaSample> samples) => new(
        samples.Key,
        Common(samples.Select(sample => sample.Attributes?.Gender)),
        samples.First().Split,
        Common(samples.Select(sample => sample.Attributes?.AgeBand)));

    private static string? Common(IEnumerable<string?> stated) => stated.OfType<string>().Distinct().ToList() is [var only] ? only : null;

    /// <summary>Several samples may share a file; it is read and encoded by the first that comes.</summary>
    private Task<FeatureRows> OnceAsync(
        string path,
        string key,
        int width,
        Func<byte[], CancellationToken, Task<FeatureRows>> compute,
        CancellationToken cancellationToken) =>
        _files.GetOrAdd(key + path, _ => new(() => CachedAsync(path, key, width, compute, cancellationToken))).Value;

    /// <summary>A damaged entry is computed again: a cache must never be the reason why a run fails.</summary>
    private async Task<FeatureRows> CachedAsync(
        string path, string key, int width, Func<byte[], CancellationToken, Task<FeatureRows>> compute, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        var hash = SHA256.HashData([.. SHA256.HashData(content), .. System.Text.Encoding.UTF8.GetBytes(key)]);
        var name = Convert.ToHexStringLower(hash);
        var folder = Path.Combine(options.CacheFolder, name[..2]);
        var entry = Path.Combine(folder, name + ".npy");
        if (FeatureRows.TryRead(entry, width) is { } known)
        {
            Warn(path, known.Warnings);
            return known;
        }

        var computed = await compute(content, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(folder);
        computed.Write(entry);
        Warn(path, computed.Warnings);
        return computed;
    }

    private void Warn(string path, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            _warnings.Add((path, warning));
        }
    }

    private Task<FeatureRows> FaceRowsAsync(byte[] content, CancellationToken cancellationToken)
    {
        using var image = _images.Decode(content);
        var isAligned = image.Width == FaceCrops.Side && image.Height == FaceCrops.Side;
        using var found = isAligned ? null : engine.Faces.Align(image);
        var aligned = found ?? image;
        var rows = new List<float>(faceEncoder.Encode(aligned));
        if (options.AugmentFaces)
        {
            foreach (var (mirror, dx, dy) in FaceCrops.Variants)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var crop = FaceCrops.Shift(aligned, mirror, dx, dy);
                rows.AddRange(faceEncoder.Encode(crop));
            }
        }

        return Task.FromResult(new FeatureRows([.. rows], 0));
    }

    /// <summary>The embedding that a server would give (the mean of the voiced windows), then windows of it by themselves.</summary>
    private async Task<FeatureRows> VoiceRowsAsync(byte[] content, CancellationToken cancellationToken)
    {
        var clip = await _audio.DecodeAsync(content, cancellationToken).ConfigureAwait(false);
        var served = engine.Voices.Embed(clip, cancellationToken);
        var rows = new List<float>(served.Speaker.Vector.ToArray());
        var windows = Math.Min(options.VoiceWindows, served.Windows.Count);
        for (var w = 0; w < windows && served.Windows.Count > 1; w++)
        {
            var window = served.Windows[w * served.Windows.Count / windows];
            rows.AddRange(engine.Voices.EmbedWindow(clip.Samples.Slice(window.Start, window.Length)).Speaker.Vector.ToArray());
        }

        return new([.. rows], served.Quality?.SpeechSeconds ?? clip.Seconds) { Warnings = served.Warnings };
    }

    /// <summary>
    /// Log-mels of the windows that a server would embed, each [bands, frames]; a shorter recording is repeated to the full window.
    /// </summary>
    private async Task<FeatureRows> SpectraAsync(byte[] content, CancellationToken cancellationToken)
    {
        var clip = await _audio.DecodeAsync(content, cancellationToken).ConfigureAwait(false);
        var served = engine.Voices.Embed(clip, cancellationToken);
        var front = new LogMelFrontEnd(options.SpectrumBands);
        var windows = Math.Min(options.VoiceWindows, served.Windows.Count);
        var (rows, sound) = (new float[windows * VoiceWidth], new float[WindowSamples]);
        for (var w = 0; w < windows; w++)
        {
            var window = served.Windows[w * served.Windows.Count / windows];
            var samples = clip.Samples.Span.Slice(window.Start, Math.Min(window.Length, WindowSamples));
            for (var at = 0; at < sound.Length; at += samples.Length)
            {
                samples[..Math.Min(samples.Length, sound.Length - at)].CopyTo(sound.AsSpan(at));
            }

            front.Extract(sound, rows.AsSpan(w * VoiceWidth, VoiceWidth));
        }

        return new(rows, served.Quality?.SpeechSeconds ?? clip.Seconds) { Warnings = served.Warnings };
    }
}

/// <summary>How media become features.</summary>
public sealed record FeatureExtractionOptions
{
    /// <summary>Gets the folder of the feature cache.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Gets the seconds of a voice window.</summary>
    /// <value>The default is 3.</value>
    [Range(0.5, 60.0)]
    public double WindowSeconds { get; init; } = 3;

    /// <summary>Gets the most voice windows of a recording.</summary>
    /// <value>The default is 4.</value>
    [Range(1, 64)]
    public int VoiceWindows { get; init; } = 4;

    /// <summary>Gets a value indicating whether the mirrored face and slightly shifted crops are used as well.</summary>
    /// <value>The default is true.</value>
    public bool AugmentFaces { get; init; } = true;

    /// <summary>
    /// Gets the mel bands of spectra that are to stand in for voice embeddings, for training the speaker encoder as well; 0 for embeddings.
    /// </summary>
    /// <value>The default is 0.</value>
    [Range(0, 1_024)]
    public int SpectrumBands { get; init; }

    /// <summary>Gets how many pairs are worked on at a time.</summary>
    /// <value>The default is the number of cores.</value>
    [Range(1, 1_024)]
    public int Jobs { get; init; } = Environment.ProcessorCount;
}
