using System.Globalization;

namespace FaceVoice.Server.Middleware;

/// <summary>Reads the text of <c>grpc-timeout</c>, as far as a cap needs it; what is malformed is left to the transport.</summary>
internal static class DeadlineText
{
    public static bool TryParse(string text, out TimeSpan timeout)
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
