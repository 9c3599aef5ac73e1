using System.CommandLine;
using System.CommandLine.Parsing;

namespace FaceVoice.Cli;

/// <summary>Accepts options written with underscores (<c>--image_folder</c>) beside the usual hyphens.</summary>
internal static class OptionSpelling
{
    /// <summary>Rewrites the names of long options; values, and everything after a bare <c>--</c>, stay as they are.</summary>
    public static string[] Normalize(IReadOnlyList<string> args)
    {
        var normalized = new string[args.Count];
        var optionsEnded = false;
        for (var i = 0; i < args.Count; i++)
        {
            normalized[i] = optionsEnded ? args[i] : NormalizeOne(args[i]);
            optionsEnded |= args[i] == "--";
        }

        return normalized;
    }

    /// <summary>
    /// What looks like an option and was taken for a file, because the command takes any number of files: <c>index add people --keyfile K</c> must not
    /// make an index without that key. Files of such names go after a bare <c>--</c>.
    /// </summary>
    public static IEnumerable<string> Unknown(ParseResult parsed, IEnumerable<string> args)
    {
        var options = args.TakeWhile(arg => arg != "--").Where(arg => arg.StartsWith("--", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).Where(options.Contains);
    }

    private static string NormalizeOne(string arg)
    {
        if (!arg.StartsWith("--", StringComparison.Ordinal))
        {
            return arg;
        }

        var end = arg.IndexOfAny(['=', ':']);
        return end < 0 ? arg.Replace('_', '-') : string.Concat(arg[..end].Replace('_', '-'), arg.AsSpan(end));
    }
}
