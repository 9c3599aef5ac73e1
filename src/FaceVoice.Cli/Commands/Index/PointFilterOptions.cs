using System.CommandLine;
using System.Globalization;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>The options that choose points: all of them must hold.</summary>
internal sealed class PointFilterOptions
{
    private readonly Option<string[]> _identity = new("--identity") { Description = "Only points of this identity; give it again for more.", HelpName = "NAME" };
    private readonly Option<string?> _modality = new("--modality") { Description = "Only faces or only voices.", HelpName = "face|voice" };
    private readonly Option<string[]> _filter = new("--filter")
    {
        Description = "Only points whose field passes: key=value, key!=value, key>=3, key<10 (numbers), key>=2026-01-01 (times, UTC). Give it again for more.",
        HelpName = "CONDITION",
    };

    public PointFilterOptions(Command command)
    {
        command.Options.Add(_identity);
        command.Options.Add(_modality);
        command.Options.Add(_filter);
    }

    /// <summary>The filter; null where every point passes.</summary>
    public IndexFilter? Read(ParseResult parsed)
    {
        var conditions = new List<IndexFilter>();
        if (parsed.GetValue(_identity) is { Length: > 0 } identities)
        {
            conditions.Add(IndexFilter.Match(PayloadKey.Identity, identities));
        }

        if (parsed.GetValue(_modality) is { } modality)
        {
            conditions.Add(PointModalityExtensions.TryParse(modality, out var known) ? IndexFilter.OfModality(known) : throw new UsageException("--modality is face or voice."));
        }

        conditions.AddRange((parsed.GetValue(_filter) ?? []).Select(Parse));
        return conditions switch { [] => null, [var only] => only, _ => IndexFilter.All(conditions) };
    }

    /// <summary>Reads one condition.</summary>
    internal static IndexFilter Parse(string text)
    {
        var at = text.IndexOfAny(['=', '!', '<', '>']);
        if (at <= 0)
        {
            throw new UsageException($"--filter '{text}': key=value, key!=value, key>=number and the like are understood.");
        }

        var key = text[..at];
        var sign = text.AsSpan(at) switch
        {
            ['!', '=', ..] => "!=",
            ['>', '=', ..] => ">=",
            ['<', '=', ..] => "<=",
            ['>', ..] => ">",
            ['<', ..] => "<",
            _ => "=",
        };
        var value = text[(at + sign.Length)..];
        if (value.StartsWith('='))
        {
            throw new UsageException($"--filter '{text}': one '{sign}' is meant, as in {key}{sign}{value.TrimStart('=')}.");
        }

        return sign switch
        {
            "=" => IndexFilter.Match(key, value),
            "!=" => IndexFilter.Not(IndexFilter.Match(key, value)),
            _ => Range(key, sign, value),
        };
    }

    private static IndexFilter Range(string key, string sign, string value)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return new NumberFilter(key)
            {
                GreaterThan = sign == ">" ? number : null,
                AtLeast = sign == ">=" ? number : null,
                LessThan = sign == "<" ? number : null,
                AtMost = sign == "<=" ? number : null,
            };
        }

        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw new UsageException($"--filter: '{value}' is neither a number nor a time.");
        }

        return new TimeFilter(key)
        {
            After = sign == ">" ? time : null,
            From = sign == ">=" ? time : null,
            Before = sign == "<" ? time : null,
            Until = sign == "<=" ? time : null,
        };
    }
}
