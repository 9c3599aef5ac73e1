using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace FaceVoice.Server.Middleware;

/// <summary>The text of <c>grpc-timeout</c>. The transport takes one that it cannot read for none at all, which would lift the cap: it gets to see only ours.</summary>
internal static class CallDeadline
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>The header that keeps a call within the cap, whatever its caller sent: nothing, something malformed, several, zero, or more.</summary>
    public static string Within(TimeSpan cap, StringValues asked)
    {
        var timeout = asked.Count == 1 && TryParse(asked.ToString(), out var time) && time < cap ? time : cap;
        var milliseconds = (long)Math.Ceiling((timeout > Shortest ? timeout : Shortest).TotalMilliseconds);
        return milliseconds.ToString(CultureInfo.InvariantCulture) + "m";
    }

    private static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        double? seconds = text[^1] switch
        {
            'H' => value * 3600.0,
            'M' => value * 60.0,
            'S' => value,
            'm' => value / 1e3,
            'u' => value / 1e6,
            'n' => value / 1e9,
            _ => null,
        };
        timeout = TimeSpan.FromSeconds(seconds ?? 0);
        return seconds is not null;
    }
}
