namespace FaceVoice.Datasets.Synthesis;

/// <summary>Populations with a stated best area under the curve.</summary>
public static class SyntheticPresets
{
    /// <summary>Gets the names of the presets.</summary>
    public static IReadOnlyList<string> Names { get; } = ["easy", "realistic", "hard"];

    /// <summary>
    /// A preset: easy (best area 0.980, against the same gender 0.965), realistic (0.880, 0.770) or hard (0.650, 0.600), each within 0.002.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static SyntheticFeatureOptions Get(string name) => name switch
    {
        "easy" => new() { Correlation = 0.8524, GenderNoise = 0.4910 },
        "realistic" => new() { Correlation = 0.4841, GenderNoise = 0.4173 },
        "hard" => new() { Correlation = 0.1819, GenderNoise = 1.3174 },
        _ => throw new ArgumentException($"There is no preset \"{name}\"; there are {string.Join(", ", Names)}.", nameof(name)),
    };
}
