using System.Globalization;

namespace FaceVoice.Benchmarks.Index;

/// <summary>What to compare: <c>index [POINTS…] [--steps a,b] [--folder DIR] [--vectors FILE.npy] [--neighbours M] [--build-effort N] [--threads N] [--seconds S]</c>.</summary>
internal sealed record ComparisonSettings
{
    /// <summary>Every step, in the order they run.</summary>
    public static readonly string[] AllSteps = ["limits", "insert", "exact", "build", "graph", "resident", "hnswlib"];

    public IReadOnlyList<int> Points { get; init; } = [10_000];

    /// <summary>Steps to run. Later steps find what earlier ones left in <see cref="Folder"/>.</summary>
    public IReadOnlyList<string> Steps { get; init; } = AllSteps;

    /// <summary>Where indexes are kept from one run to the next; null for a folder that is removed afterwards.</summary>
    public string? Folder { get; init; }

    /// <summary>Real vectors instead of made ones: the first are asked with, the others stored.</summary>
    public string? Vectors { get; init; }

    public int Neighbours { get; init; } = 16;

    public int BuildEffort { get; init; } = 128;

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How long building may take in this run; what was built is kept.</summary>
    public double Seconds { get; init; } = double.PositiveInfinity;

    public static ComparisonSettings Parse(string[] arguments)
    {
        var settings = new ComparisonSettings();
        var points = new List<int>();
        for (var i = 0; i < arguments.Length; i++)
        {
            settings = arguments[i] switch
            {
                "--steps" => settings with { Steps = arguments[++i].Split(',') },
                "--folder" => settings with { Folder = arguments[++i] },
                "--vectors" => settings with { Vectors = arguments[++i] },
                "--neighbours" => settings with { Neighbours = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--build-effort" => settings with { BuildEffort = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--threads" => settings with { Threads = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--seconds" => settings with { Seconds = double.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                _ => Add(settings, arguments[i]),
            };
        }

        return points.Count > 0 ? settings with { Points = points } : settings;

        ComparisonSettings Add(ComparisonSettings unchanged, string number)
        {
            points.Add(int.Parse(number, CultureInfo.InvariantCulture));
            return unchanged;
        }
    }
}
