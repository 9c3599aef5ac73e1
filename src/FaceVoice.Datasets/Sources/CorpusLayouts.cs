using System.Text.RegularExpressions;

namespace FaceVoice.Datasets.Sources;

/// <summary>
/// Knows by which part of a path well-known corpora name the person. A corpus names a person once, in whatever part of it the file is, so
/// the folders above do not belong to the identity.
/// </summary>
internal static partial class CorpusLayouts
{
    private static readonly Layout[] Known =
    [
        // …/id00012/21Uxsk56VDQ/00001.mp4, and by name: …/A.J._Buckley/1zcIwhmdeo4/00001.wav
        new("VoxCeleb", path => Above(path, PersonNumber()) ?? (path is [.., var person, var video, var clip]
            && YouTubeId().IsMatch(video) && ClipNumber().IsMatch(clip) && PersonName().IsMatch(person) ? person : null)),

        // s1/bbaf2n.mpg, s1/video/mpg_6000/bbaf2n.mpg: command, colour, preposition, letter, digit, adverb
        new("GRID", path => GridSentence().IsMatch(path[^1]) ? Above(path, GridSpeaker()) : null),

        // 1001_DFA_ANG_XX.flv
        new("CREMA-D", path => CremaClip().Match(path[^1]) is { Success: true } clip ? clip.Groups[1].Value : null),

        // Actor_01/01-01-03-01-01-01-01.mp4: the last number is the actor
        new("RAVDESS", path => RavdessClip().Match(path[^1]) is { Success: true } clip ? $"Actor_{clip.Groups[1].Value}" : null),

        // M003/video/front/angry/level_1/001.mp4, M003/audio/angry/level_1/001.m4a
        new("MEAD", path => path.Any(part => part is "video" or "audio") && ShortNumber().IsMatch(path[^1]) ? Above(path, MeadActor()) : null),

        // TIMIT TRAIN/DR1/FCJF0/SA1.WAV, VidTIMIT fadg0/audio/sa1.wav, TCD-TIMIT 01M/Clips/straightcam/sa1.mp4
        new("TIMIT", path => TimitSentence().IsMatch(path[^1]) ? Above(path, TimitSpeaker()) : null),

        // dev-clean/1272/128104/1272-128104-0000.flac
        new("LibriSpeech", path => LibriUtterance().Match(path[^1]) is { Success: true } clip
            && (path is [.., var reader, var chapter, _]
                ? reader == clip.Groups[1].Value && chapter == clip.Groups[2].Value
                : clip.Groups[2].Length >= 4) ? clip.Groups[1].Value : null), // 05-12-2024 is a date
    ];

    /// <summary>Finds the corpus that a path looks like it is of.</summary>
    /// <param name="path">The path's parts, the last without extension; at least one.</param>
    /// <returns>The corpus and the person; null if the path looks like none.</returns>
    public static (string Corpus, string Person)? Recognise(string[] path)
    {
        foreach (var layout in Known)
        {
            if (layout.Person(path) is { } person)
            {
                return (layout.Corpus, person);
            }
        }

        return null;
    }

    /// <summary>The nearest folder whose name fits.</summary>
    private static string? Above(string[] path, Regex name) => path[..^1].LastOrDefault(part => name.IsMatch(part));

    [GeneratedRegex(@"^id\d{4,6}$")]
    private static partial Regex PersonNumber();

    [GeneratedRegex(@"^[\w-]{11}$")]
    private static partial Regex YouTubeId();

    [GeneratedRegex(@"^\d{5,7}$")]
    private static partial Regex ClipNumber();

    [GeneratedRegex(@"^\p{Lu}[\w.'-]*_[\w.'-]+$")]
    private static partial Regex PersonName();

    [GeneratedRegex(@"^[bpls][bgrw][abiw][a-vx-z][0-9z][anps]$")]
    private static partial Regex GridSentence();

    [GeneratedRegex(@"^s\d{1,2}$")]
    private static partial Regex GridSpeaker();

    [GeneratedRegex(@"^(1\d{3})_[A-Z]{3}_[A-Z]{3}_[A-Z]{2}$")]
    private static partial Regex CremaClip();

    [GeneratedRegex(@"^0[1-3]-0[12]-0[1-8]-0[12]-0[12]-0[12]-(\d\d)$")]
    private static partial Regex RavdessClip();

    [GeneratedRegex(@"^\d{3}$")]
    private static partial Regex ShortNumber();

    [GeneratedRegex(@"^[MW]\d{3}$")]
    private static partial Regex MeadActor();

    [GeneratedRegex(@"^s[aix]\d{1,4}$", RegexOptions.IgnoreCase)]
    private static partial Regex TimitSentence();

    [GeneratedRegex(@"^([FM][A-Z]{3}\d|\d\d[FMT])$", RegexOptions.IgnoreCase)]
    private static partial Regex TimitSpeaker();

    [GeneratedRegex(@"^(\d{1,5})-(\d{1,6})-\d{4}$")]
    private static partial Regex LibriUtterance();

    private sealed record Layout(string Corpus, Func<string[], string?> Person);
}
