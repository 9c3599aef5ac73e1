using FaceVoice.Datasets.Randomness;
using FaceVoice.Datasets.Sources;
using FaceVoice.Media;

namespace FaceVoice.Training.Speaker.Data;

/// <summary>Recordings with speaker labels, in a fixed order (speaker, then path). Immutable, so thread-safe.</summary>
public sealed class SpeakerDataset
{
    private SpeakerDataset(IEnumerable<SpeakerUtterance> utterances)
    {
        Utterances = [.. utterances.OrderBy(u => u.Speaker, StringComparer.Ordinal).ThenBy(u => u.Path, StringComparer.Ordinal)];
        Speakers = [.. Utterances.Select(u => u.Speaker).Distinct()];
    }

    /// <summary>Gets what was found in the folder and is not used, and why.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; private init; } = [];

    /// <summary>Gets the recordings, ordered by speaker and path.</summary>
    public IReadOnlyList<SpeakerUtterance> Utterances { get; }

    /// <summary>Gets the speakers, in ordinal order.</summary>
    public IReadOnlyList<string> Speakers { get; }

    /// <summary>
    /// Reads a folder with a folder per speaker, or a CSV file with at least the columns <c>path</c> (relative to the file) and
    /// <c>speaker</c>.
    /// </summary>
    /// <param name="path">The folder or the CSV file.</param>
    /// <exception cref="SpeakerDataException">Nothing usable was found; the message says what was expected.</exception>
    public static SpeakerDataset Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            return new(UtteranceTable.Read(full));
        }

        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"no such folder or CSV file: {path}");
        }

        var search = new FileSearch();
        var found = new SpeakerDataset(List(full, search)) { PassedOver = search.PassedOver };
        return found.Utterances.Count > 0
            ? found
            : throw new SpeakerDataException($"No audio under {path}: a folder per speaker with audio files in it is expected, or a CSV file with the columns path and speaker.");
    }

    /// <summary>Makes a data set of given recordings.</summary>
    /// <param name="utterances">The recordings, in any order.</param>
    public static SpeakerDataset Of(IEnumerable<SpeakerUtterance> utterances)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        return new(utterances);
    }

    /// <summary>Counts speakers by their number of recordings.</summary>
    public UtteranceHistogram Histogram() => UtteranceHistogram.Of(this);

    /// <summary>Drops speakers with too few recordings and, of those with many, keeps an evenly spread choice.</summary>
    /// <param name="minimum">Least recordings a speaker, 1 or more.</param>
    /// <param name="maximum">Most recordings a speaker; null for no limit.</param>
    public SpeakerDataset Filter(int minimum, int? maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimum, 1);
        if (maximum is { } most)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(most, minimum, nameof(maximum));
        }

        return new(Utterances.GroupBy(u => u.Speaker)
            .Where(group => group.Count() >= minimum)
            .SelectMany(group => Spread([.. group], maximum ?? int.MaxValue)));
    }

    /// <summary>Holds out whole speakers, drawn at random from those with at least <paramref name="minimumUtterances"/> recordings.</summary>
    /// <param name="speakers">How many to hold out, 0 or more.</param>
    /// <param name="minimumUtterances">A held-out speaker needs several recordings, or there is no matching trial.</param>
    /// <param name="seed">The same seed holds out the same people.</param>
    /// <returns>The rest for training, and the held-out part.</returns>
    /// <exception cref="SpeakerDataException">There are not that many such speakers, or nobody would be left to train on.</exception>
    public (SpeakerDataset Training, SpeakerDataset Validation) HoldOut(int speakers, int minimumUtterances, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(speakers);
        var candidates = Utterances.GroupBy(u => u.Speaker).Where(g => g.Count() >= minimumUtterances).Select(g => g.Key).ToArray();
        if (candidates.Length < speakers || Speakers.Count - speakers < 2)
        {
            throw new SpeakerDataException(
                $"Cannot hold out {speakers} speakers: {candidates.Length} of {Speakers.Count} have {minimumUtterances} or more recordings, and at least two must be left to train on.");
        }

        RandomSource.Derive(seed, RandomPurpose.HoldOut).Shuffle<string>(candidates);
        var heldOut = candidates.Take(speakers).ToHashSet(StringComparer.Ordinal);
        return (new(Utterances.Where(u => !heldOut.Contains(u.Speaker))), new(Utterances.Where(u => heldOut.Contains(u.Speaker))));
    }

    private static IEnumerable<SpeakerUtterance> Spread(SpeakerUtterance[] all, int most)
    {
        var kept = Math.Min(all.Length, most);
        for (var i = 0; i < kept; i++)
        {
            yield return all[(int)((long)i * all.Length / kept)];
        }
    }

    private static IEnumerable<SpeakerUtterance> List(string root, FileSearch search) =>
        from file in search.Below(root)
        let parts = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)
        where parts.Length > 1 && MediaTypes.Of(file) is MediaType.Audio or MediaType.Video
        select new SpeakerUtterance(file, UnicodeComposition.Compose(parts[0]));
}

/// <summary>One recording of one person.</summary>
/// <param name="Path">The audio file, absolute.</param>
/// <param name="Speaker">Who speaks; the same text means the same person.</param>
public sealed record SpeakerUtterance(string Path, string Speaker);

/// <summary>The speech data do not allow what was asked for; the message says what was found and what is needed.</summary>
/// <param name="message">What was found and what is needed.</param>
public sealed class SpeakerDataException(string message) : Exception(message);
