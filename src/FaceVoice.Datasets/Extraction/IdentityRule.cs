using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace FaceVoice.Datasets.Extraction;

/// <summary>Tells from a source's path who is in it. Thread-safe.</summary>
/// <remarks>
/// Without a pattern: the stem up to the last <c>_</c> or <c>-</c> that separates a running number, below the names of the folders it lies in;
/// a stem that is nothing but a number belongs to its folder. <c>anna_01.mp4</c> → <c>anna</c>; <c>anna/01.mp4</c> → <c>anna</c>;
/// <c>day2/anna.mp4</c> → <c>day2-anna</c>. People in different folders are never taken for one person unless the pattern says so.
/// </remarks>
public sealed partial class IdentityRule
{
    private const int LongestName = 80;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Regex? _pattern;

    /// <summary>Makes a rule.</summary>
    /// <param name="pattern">A regular expression over the source's path with <c>/</c>; its first group, or the whole match, is the person. Null for the default rule.</param>
    /// <exception cref="ArgumentException">The expression is malformed.</exception>
    public IdentityRule(string? pattern = null)
    {
        _pattern = pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant, MatchLimit);
    }

    /// <summary>The person of a source, as a folder name.</summary>
    /// <param name="name">The source's path with <c>/</c>, with or without extension.</param>
    /// <exception cref="FormatException">The pattern does not match the name.</exception>
    public string IdentityOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_pattern is not null)
        {
            var match = _pattern.Match(name);
            var person = match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
            return match.Success && person.Length > 0
                ? ToFileName(person)
                : throw new FormatException($"The identity pattern {_pattern} finds nobody in '{name}'.");
        }

        var parts = WithoutExtension(name).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var stem = RunningNumber().Replace(parts[^1], "");
        string[] words = stem.Length == 0 || Number().IsMatch(stem) ? (parts.Length > 1 ? parts[..^1] : [parts[^1]]) : [.. parts[..^1], stem];
        return ToFileName(string.Join('-', words));
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

    [GeneratedRegex(@"[_-]\d+$")]
    private static partial Regex RunningNumber();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Number();
}
