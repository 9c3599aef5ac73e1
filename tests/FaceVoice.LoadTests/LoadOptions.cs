using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FaceVoice.LoadTests;

/// <summary>What is measured, and for how long.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: FaceVoice.LoadTests [--seconds S] [--callers N,N,...] [--cached N] [--parts P,P,...] [--model DIR] [--server FOLDER]
               FaceVoice.LoadTests --against FOLDER [--turns N] [--seconds S]

        Starts `facevoice serve` and measures it on real faces and 3 s clips, beside the same networks without a server:
        closed loops of several numbers of callers, cached answers, five times overload, cancelled calls, first calls, memory.
        With --against, this build and another one take turns: start to ready, first calls of every kind, faces and clips a second.

          --seconds S       length of each measurement (default: 4)
          --callers N,...   numbers of callers of the closed loops (default: 1,2,4,16,64)
          --cached N        cached requests over which memory must stay flat (default: 100000)
          --parts P,...     what of all that: baseline, face, voice, first, cached (default: all)
          --model DIR       the model bundle (default: models/starter)
          --server FOLDER   another checkout, built and set up: its server is measured instead of this one's
          --against FOLDER  another checkout, built (dotnet build -c Release) and set up (tools/setup)
          --turns N         how often both builds take their turn, or a kind of first call its own (default: 3)
        """;

    public double Seconds { get; private init; } = 4;

    public IReadOnlyList<int> Callers { get; private init; } = [1, 2, 4, 16, 64];

    public int Cached { get; private init; } = 100_000;

    public IReadOnlyList<string> Parts { get; private init; } = ["baseline", "face", "voice", "first", "cached"];

    public string Model { get; private init; } = Testing.RepositoryPaths.Of("models", "starter");

    /// <summary>Gets the folder of the build whose server is measured.</summary>
    public string Server { get; private init; } = Testing.RepositoryPaths.Root;

    /// <summary>Gets the folder of the other build; null if there is none to compare with.</summary>
    public string? Against { get; private init; }

    public int Turns { get; private init; } = 3;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out LoadOptions? options)
    {
        options = new LoadOptions();
        try
        {
            for (var i = 0; i < args.Length; i += 2)
            {
                var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException();
                options = args[i] switch
                {
                    "--seconds" => options with { Seconds = double.Parse(value, CultureInfo.InvariantCulture) },
                    "--callers" => options with { Callers = [.. value.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))] },
                    "--parts" => options with { Parts = value.Split(',') },
                    "--cached" => options with { Cached = int.Parse(value, CultureInfo.InvariantCulture) },
                    "--model" => options with { Model = value },
                    "--server" => options with { Server = Folder(value) },
                    "--against" => options with { Against = Folder(value) },
                    "--turns" => options with { Turns = int.Parse(value, CultureInfo.InvariantCulture) },
                    _ => throw new FormatException(),
                };
            }
        }
        catch (FormatException)
        {
            options = null;
        }

        return options is { Seconds: > 0, Cached: > 0, Turns: > 0, Callers.Count: > 0 } && options.Callers.All(n => n > 0);
    }

    private static string Folder(string path) => Directory.Exists(path) ? Path.GetFullPath(path) : throw new FormatException();
}
