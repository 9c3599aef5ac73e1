namespace FaceVoice.Models.Checkpoints;

/// <summary>Makes text from a hostile file fit for a message: no control characters, not too long.</summary>
internal static class PickleText
{
    public static string Printable(string text)
    {
        var shown = text.Length > 80 ? text[..80] + "..." : text;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}
