using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>Cuts clips of one length out of a data set, each from recordings of its own.</summary>
internal static class ClipCutter
{
    private const int Shortest = 4_000;

    /// <summary>Whole recordings.</summary>
    public static List<SpeakerClip> Whole(SpeakerDataset dataset, AudioCache audio) =>
        [.. BySpeaker(dataset, audio).SelectMany(s => s.Recordings.Select(r => new SpeakerClip(s.Speaker, Read(audio, r, 0, audio.Length(r)))))];

    /// <summary>
    /// The middle of every recording that is long enough; where fewer than half the speakers have two such, recordings are joined until
    /// they are.
    /// </summary>
    public static (List<SpeakerClip> Clips, bool Joined) Cut(SpeakerDataset dataset, AudioCache audio, double seconds)
    {
        var length = (int)Math.Round(seconds * 16_000);
        var speakers = BySpeaker(dataset, audio).ToArray();
        var withTwo = speakers.Count(s => s.Recordings.Count(r => audio.Length(r) >= length) >= 2);
        if (2 * withTwo >= speakers.Count(s => s.Recordings.Length >= 2))
        {
            return ([.. speakers.SelectMany(s => s.Recordings.Where(r => audio.Length(r) >= length)
                .Select(r => new SpeakerClip(s.Speaker, Read(audio, r, (audio.Length(r) - length) / 2, length))))], false);
        }

        return ([.. speakers.SelectMany(s => Join(audio, s.Speaker, s.Recordings, length))], true);
    }

    private static IEnumerable<(int Speaker, int[] Recordings)> BySpeaker(SpeakerDataset dataset, AudioCache audio)
    {
        var numbers = dataset.Speakers.Index().ToDictionary(s => s.Item, s => s.Index);
        return dataset.Utterances.Index().Where(u => audio.Length(u.Index) >= Shortest)
            .GroupBy(u => u.Item.Speaker, u => u.Index).Select(g => (numbers[g.Key], g.ToArray()));
    }

    private static IEnumerable<SpeakerClip> Join(AudioCache audio, int speaker, int[] recordings, int length)
    {
        var clip = new float[length];
        var filled = 0;
        foreach (var recording in recordings)
        {
            var count = Math.Min(audio.Length(recording), length - filled);
            audio.Read(recording, (audio.Length(recording) - count) / 2, clip.AsSpan(filled, count));
            filled += count;
            if (filled == length)
            {
                yield return new(speaker, clip);
                (clip, filled) = (new float[length], 0);
            }
        }
    }

    private static float[] Read(AudioCache audio, int recording, int start, int count)
    {
        var samples = new float[count];
        audio.Read(recording, start, samples);
        return samples;
    }
}

/// <summary>A stretch of one speaker's sound; no two clips of a set share a recording.</summary>
/// <param name="Speaker">Number of the speaker.</param>
/// <param name="Samples">Mono, 16 kHz.</param>
internal sealed record SpeakerClip(int Speaker, float[] Samples);
