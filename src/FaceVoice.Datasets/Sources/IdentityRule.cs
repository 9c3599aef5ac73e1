using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace FaceVoice.Datasets.Sources;

/// <summary>What an identity was read from.</summary>
public enum IdentityBasis
{
    /// <summary>The user said so: by a pattern, or that folders are people.</summary>
    Told,

    /// <summary>The path looks like one of a corpus that is known.</summary>
    Corpus,

    /// <summary>
    /// The name is one that a camera or a phone gives; it says nothing of the person, so each file is a person of its own.
    /// </summary>
    CameraName,

    /// <summary>The name without a running number.</summary>
    Name,

    /// <summary>The name is a number only, so the folder names the person.</summary>
    Folder,
}

/// <summary>Who is in a source.</summary>
/// <param name="Person">The person, as a folder name.</param>
/// <param name="Basis">What this was read from.</param>
/// <param name="Corpus">The corpus that the path looks like one of; null for none.</param>
public readonly record struct SourceIdentity(string Person, IdentityBasis Basis, string? Corpus = null);

/// <summary>Tells from a source's path who is in it. Thread-safe.</summary>
/// <remarks>
/// In this order: what the user says; the layouts of common corpora (VoxCeleb, GRID, CREMA-D, RAVDESS, MEAD, TIMIT, LibriSpeech); names
/// that cameras give (<c>IMG_0001</c>, <c>VID_20240501_101500</c>), one person a file; else the stem up to the last <c>_</c> or <c>-</c>
/// that separates a running number, below the names of the folders it is in. A stem that is nothing but a number belongs to its folder.
/// <c>anna_01.mp4</c> → <c>anna</c>; <c>anna/01.mp4</c> →
/// <c>anna</c>; <c>day2/anna.mp4</c> → <c>day2-anna</c>. People in different folders are never taken for one person unless the user or the
/// corpus says so. Names are compared in Unicode's composed form, so that names from different systems meet.
/// </remarks>
public sealed partial class IdentityRule
{
    private const int LongestName = 80;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Regex? _pattern;
    private readonly bool _fromFolder;

    /// <summary>Makes a rule.</summary>
    /// <param name="pattern">
    /// A regular expression over the source's path with <c>/</c>; its first group, or the whole match, is the person. Null for the rules
    /// above.
    /// </param>
    /// <param name="fromFolder">Whether the folder that a source is in names the person, whatever the file's name.</param>
    /// <exception cref="ArgumentException">The expression is malformed.</exception>
    public IdentityRule(string? pattern = null, bool fromFolder = false)
    {
        _pattern = pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant, MatchLimit);
        _fromFolder = fromFolder;
    }

    /// <summary>The person of a source.</summary>
    /// <param name="name">The source's path with <c>/</c>, with or without extension.</param>
    /// <exception cref="FormatException">The pattern does not match the name, or takes too long to.</exception>
    public SourceIdentity IdentityOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var path = WithoutExtension(UnicodeComposition.Compose(name)).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.Length == 0)
        {
            throw new FormatException($"'{name}' is no path of a file.");
        }

        if (_pattern is not null)
        {
            return new(ToFileName(Match(UnicodeComposition.Compose(name))), IdentityBasis.Told);
        }

        if (_fromFolder)
        {
            return new(ToFileName(path.Length > 1 ? string.Join('-', path[..^1]) : path[0]), IdentityBasis.Told);
        }

        if (CorpusLayouts.Recognise(path) is var (corpus, person))
        {
            return new(ToFileName(person), IdentityBasis.Corpus, corpus);
        }

        if (CameraName().IsMatch(path[^1]))
        {
            return new(ToFileName(string.Join('-', path)), IdentityBasis.CameraName);
        }

        var stem = RunningNumber().Replace(path[^1], "");
        return stem.Length > 0 && !Number().IsMatch(stem)
            ? new(ToFileName(string.Join('-', [.. path[..^1], stem])), IdentityBasis.Name)
            : new(ToFileName(path.Length > 1 ? string.Join('-', path[..^1]) : path[0]), IdentityBasis.Folder);
    }

    /// <summary>Turns any text into a name for a file or folder; different texts keep different names.</summary>
    internal static string ToFileName(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            name.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.' ? rune.ToString() : "_");
        }

        var safe = name.ToString().TrimStart('.', '-');
        if (safe.Length > LongestName)
        {
            safe = safe[..LongestName];
        }

        return safe == text && safe.Length > 0 ? safe : $"{(safe.Length > 0 ? safe : "_")}-{Hash(text)}";
    }

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));

    internal static string WithoutExtension(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > name.LastIndexOf('/') + 1 ? name[..dot] : name;
    }

    private string Match(string name)
    {
        try
        {
            var match = _pattern!.Match(name);
            var person = match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
            return match.Success && person.Length > 0 ? person : throw new FormatException($"The identity pattern {_pattern} finds nobody in '{name}'.");
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new FormatException($"The identity pattern {_pattern} takes too long on '{name}'.", error);
        }
    }

    /// <summary>
    /// What cameras, phones, messengers and screen recorders call their files: a mark and a number, or a date with a time. Only names that
    /// would otherwise lose a number need to be here.
    /// </summary>
    [GeneratedRegex(
        @"^(?:(?i:MVIMG|IMG|VID|MOV|MVI|PXL|PANO|BURST|DSC[NF]?|GOPR|DJI|CIMG|KIMG|AUD|PTT)[_-]?E?\d{3,}"
        + @"(?:[\d_\W]|WA|HDR|MP|TS|COVER|BURST|PORTRAIT|NIGHT)*"
        + @"|(?:SAM|G[HXPL]|STA|WIN|MAH|FILE|CLIP)[_-]?\d{4,}[\d_\W]*"
        + @"|1\d\d[_-]\d{4}"
        + @"|(?i:(?:photo|video|audio|rec(?:ord(?:ing)?)?|screen[ _-]?\w*|signal|telegram|whatsapp[ _]\w+|zoom|win)[ _-]*)?"
        + @"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d[ _T.-]*(?:at )?[0-2]\d[-_.]?[0-5]\d[\d_\W]*)$")]
    private static partial Regex CameraName();

    [GeneratedRegex(@"[_-]\d+$")]
    private static partial Regex RunningNumber();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Number();
}
