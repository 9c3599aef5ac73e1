using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Media;
using FaceVoice.Model;
using FaceVoice.Pipeline;
using FaceVoice.Training.Data;

namespace FaceVoice.Training.MediaFeatures;

/// <summary>
/// Computes the features of media once, through the code that serves, and keeps them by the content of the file and the id of the encoder: the same
/// file is never encoded twice, another encoder never reads the wrong features.
/// </summary>
/// <param name="engine">Encoders; its bundle needs a speaker encoder.</param>
/// <param name="faceEncoder">Id of the face encoder: its SHA-256.</param>
/// <param name="voiceEncoder">Id of the speaker encoder: its SHA-256.</param>
/// <param name="options">How.</param>
public sealed class FeatureExtractor(FaceVoiceEngine engine, string faceEncoder, string voiceEncoder, FeatureExtractionOptions options)
{
    private readonly ImageDecoder _images = new(new MediaLimits());
    private readonly AudioDecoder _audio = new(new MediaLimits());

    /// <summary>Computes, or finds, the features of all pairs.</summary>
    /// <param name="data">The pairs.</param>
    /// <param name="progress">Pairs done, and pairs in all.</param>
    /// <param name="cancellationToken">Stops; what is done stays in the cache.</param>
    /// <returns>The features, and the pairs that could not be used with reasons, those of <paramref name="data"/> included.</returns>
    /// <exception cref="InvalidDataException">No pair could be used.</exception>
    public async Task<(FeatureSet Features, IReadOnlyList<RejectedSample> Rejected)> ExtractAsync(
        MediaDataSet data, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        Directory.CreateDirectory(options.CacheFolder);
        var rows = new (float[] Face, float[] Voice)?[data.Pairs.Count];
        var reasons = new string?[data.Pairs.Count];
        var done = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, data.Pairs.Count),
            new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                try
                {
                    var pair = data.Pairs[i];
                    rows[i] = (await CachedAsync(pair.FacePath, FaceKey, FaceRowsAsync, token).ConfigureAwait(false),
                        await CachedAsync(pair.VoicePath, VoiceKey, VoiceRowsAsync, token).ConfigureAwait(false));
                }
                catch (Exception error) when (error is UnusableMediaException or InvalidMediaException)
                {
                    reasons[i] = error.Message;
                }

                progress?.Report((Interlocked.Increment(ref done), data.Pairs.Count));
            }).ConfigureAwait(false);
        return (Assemble(data, rows), [.. data.Rejected, .. data.Pairs.Zip(reasons).Where(item => item.Second is not null).Select(item => new RejectedSample(item.First.Id, item.Second!))]);
    }

    private string FaceKey => string.Create(CultureInfo.InvariantCulture, $"face:{faceEncoder}:{options.AugmentFaces}");

    private string VoiceKey => string.Create(CultureInfo.InvariantCulture, $"voice:{voiceEncoder}:{options.WindowSeconds}:{options.VoiceWindows}");

    private FeatureSet Assemble(MediaDataSet data, (float[] Face, float[] Voice)?[] rows)
    {
        var (faces, voices) = (new List<float>(), new List<float>());
        var (identities, index) = (new List<IdentityRecord>(), new Dictionary<string, int>());
        var samples = new List<FeatureSample>();
        var (faceWidth, voiceWidth) = (engine.Faces.FaceDimension, engine.Voices.SpeakerDimension);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not { } row)
            {
                continue;
            }

            var pair = data.Pairs[i];
            if (!index.TryGetValue(pair.Identity, out var identity))
            {
                index[pair.Identity] = identity = identities.Count;
                identities.Add(new(pair.Identity, pair.Gender, pair.Split));
            }

            samples.Add(new(pair.Id, identity, faces.Count / faceWidth, row.Face.Length / faceWidth, voices.Count / voiceWidth, row.Voice.Length / voiceWidth));
            faces.AddRange(row.Face);
            voices.AddRange(row.Voice);
        }

        return samples.Count > 0
            ? new(identities, [.. samples], new([.. faces], faceWidth, faceEncoder), new([.. voices], voiceWidth, voiceEncoder))
            : throw new InvalidDataException($"None of the {rows.Length} pairs could be used: no face in the pictures, or no speech in the recordings.");
    }

    /// <summary>A damaged entry is computed again: a cache must never be the reason why a run fails.</summary>
    private async Task<float[]> CachedAsync(string path, string key, Func<byte[], CancellationToken, Task<float[]>> compute, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        var hash = SHA256.HashData([.. SHA256.HashData(content), .. System.Text.Encoding.UTF8.GetBytes(key)]);
        var name = Convert.ToHexStringLower(hash);
        var folder = Path.Combine(options.CacheFolder, name[..2]);
        var entry = Path.Combine(folder, name + ".npy");
        if (File.Exists(entry))
        {
            try
            {
                return NpyFile.Read(entry).Floats.ToArray();
            }
            catch (ModelFormatException)
            {
                File.Delete(entry);
            }
        }

        var values = await compute(content, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(folder);
        NpyFile.Write(entry, [values.Length], values);
        return values;
    }

    private Task<float[]> FaceRowsAsync(byte[] content, CancellationToken cancellationToken)
    {
        using var image = _images.Decode(content);
        if (image.Width != FaceCrops.Side || image.Height != FaceCrops.Side)
        {
            return Task.FromResult(engine.Faces.Embed(image, cancellationToken).Face.Vector.ToArray());
        }

        var rows = new List<float>(engine.Faces.EmbedAligned(image).Face.Vector.ToArray());
        if (options.AugmentFaces)
        {
            foreach (var (mirror, dx, dy) in FaceCrops.Variants)
            {
                using var crop = FaceCrops.Shift(image, mirror, dx, dy);
                rows.AddRange(engine.Faces.EmbedAligned(crop).Face.Vector.ToArray());
            }
        }

        return Task.FromResult(rows.ToArray());
    }

    private async Task<float[]> VoiceRowsAsync(byte[] content, CancellationToken cancellationToken)
    {
        var clip = await _audio.DecodeAsync(content, cancellationToken).ConfigureAwait(false);
        var length = (int)(options.WindowSeconds * AudioClip.SampleRate);
        if (clip.Samples.Length <= length * 3 / 2)
        {
            return engine.Voices.Embed(clip, cancellationToken).Speaker.Vector.ToArray();
        }

        var rows = new List<float>();
        var windows = Math.Min(options.VoiceWindows, clip.Samples.Length / length);
        for (var w = 0; w < windows; w++)
        {
            var start = windows == 1 ? 0 : (int)((long)(clip.Samples.Length - length) * w / (windows - 1));
            rows.AddRange(engine.Voices.EmbedWindow(clip.Samples.Slice(start, length)).Speaker.Vector.ToArray());
        }

        return [.. rows];
    }
}
