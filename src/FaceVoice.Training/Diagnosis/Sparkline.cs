using System.Globalization;

namespace FaceVoice.Training.Diagnosis;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";
    private const int MostColumns = 60;

    public static string Draw(IReadOnlyList<double> values, IReadOnlyList<double>? chance)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count == 0)
        {
            return "no finite value";
        }

        var (low, high) = (finite.Min(), finite.Max());
        var step = Math.Max(1, (int)Math.Ceiling(values.Count / (double)MostColumns));
        var bars = values.Where((_, i) => i % step == 0).Select(value =>
            !double.IsFinite(value) ? '!' : Heights[(int)Math.Round((high > low ? (value - low) / (high - low) : 0.5) * (Heights.Length - 1))]);
        var line = chance is { Count: > 0 } ? string.Create(CultureInfo.InvariantCulture, $", chance {chance[^1]:G4}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{values[0]:G4} {string.Concat(bars)} {values[^1]:G4}{line}");
    }
}
