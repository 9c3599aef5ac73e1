namespace FaceVoice.Training.Speaker.Audio;

/// <summary>Dictionaries of append-only logs, where a later line replaces an earlier one.</summary>
internal static class LastWins
{
    public static Dictionary<string, T> LastByKey<T>(this IEnumerable<T> items, Func<T, string> key)
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            found[key(item)] = item;
        }

        return found;
    }
}
