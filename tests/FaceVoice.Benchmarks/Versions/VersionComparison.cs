using System.Globalization;
using System.Text.Json.Nodes;
using FaceVoice.Testing;

namespace FaceVoice.Benchmarks.Versions;

/// <summary>
/// What one item costs in this build and in another one, both through their own command lines, in turns, so that both meet the same load.
/// The cost of an item
/// is the slope between few items and many: what starting costs cancels out.
/// </summary>
internal static class VersionComparison
{
    private const string Program = "src/FaceVoice.Cli/bin/Release/net10.0/facevoice.dll";

    private const string Usage = """
        usage: FaceVoice.Benchmarks versions FOLDER [--rounds N] [--rows NAME,NAME,...] [--media FOLDER]

          FOLDER    another checkout, built (dotnet build -c Release) and set up (tools/setup)
          --rounds  how often both take their turn; medians are printed (default: 5)
          --rows    face, photo, wav, opus, webm, mp3, m4a, mp4, extract (default: all)
          --media   where what is measured on is kept from one run to the next (default: below the system's temporary folder)
        """;

    /// <summary>Runs it and prints a table in Markdown.</summary>
    public static int Run(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-') || !File.Exists(Path.Combine(args[0], Program)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var rounds = int.Parse(Option(args, "--rounds", "5"), CultureInfo.InvariantCulture);
        var wanted = Option(args, "--rows", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var media = new ComparedMedia(Option(args, "--media", Path.Combine(Path.GetTempPath(), "facevoice-benchmark-media")));
        media.Make();
        Console.WriteLine($"{ProcessorName()}, {Environment.ProcessorCount} cores; medians of {rounds} turns; ratio: earlier / now, with the least and the most of the turns");
        Console.WriteLine("| work | earlier, CPU ms | now, CPU ms | CPU ratio | wall ratio |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var wantedRow in Rows(media).Where(row => wanted.Length == 0 || wanted.Contains(row.Name)))
        {
            var row = wantedRow.WithoutRefused(args[0]).WithoutRefused(RepositoryPaths.Root);
            Print(row, [.. Enumerable.Range(0, rounds).Select(_ => (row.Measure(args[0]), row.Measure(RepositoryPaths.Root)))]);
        }

        if (wanted.Length == 0 || wanted.Contains("extract"))
        {
            Extract(media, args[0], Math.Min(rounds, 3));
        }

        return 0;
    }

    private static IEnumerable<Row> Rows(ComparedMedia media)
    {
        yield return new("face", "512x512 portrait to the face space, one core", media.Portraits, 150, ["embed", "face", "--space", "face"]);
        yield return new("photo", "photo of 12 megapixels to the face space, one core", media.LargePhotos, 15, ["embed", "face", "--space", "face"]);
        foreach (var kind in new[] { "wav", "opus", "webm", "mp3", "m4a", "mp4" })
        {
            yield return new(kind, $"3 s of {kind} to the speaker space, one core", media.Clips(kind), 20, ["embed", "voice", "--space", "speaker"]);
        }
    }

    private static void Print(Row row, IReadOnlyList<(ItemCost Earlier, ItemCost Now)> turns)
    {
        var cpu = turns.Select(turn => turn.Earlier.Cpu / turn.Now.Cpu).Order().ToList();
        var wall = turns.Select(turn => turn.Earlier.Wall / turn.Now.Wall).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {row.Title} | {1e3 * Median(turns.Select(turn => turn.Earlier.Cpu)):F2} | {1e3 * Median(turns.Select(turn => turn.Now.Cpu)):F2} | {Median(cpu):F2} ({cpu[0]:F2} to {cpu[^1]:F2}) | {Median(wall):F2} |"));
    }

    /// <summary>One long video, one job: faces and clips for a second of processor time, and memory.</summary>
    private static void Extract(ComparedMedia media, string earlier, int rounds)
    {
        var (before, now) = (new List<(double Rate, long Peak)>(), new List<(double Rate, long Peak)>());
        for (var round = 0; round < rounds; round++)
        {
            before.Add(ExtractOnce(media, earlier));
            now.Add(ExtractOnce(media, RepositoryPaths.Root));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nextract, 20 min of video, one job: {Median(before.Select(run => run.Rate)):F2} faces and clips a CPU second, now {Median(now.Select(run => run.Rate)):F2} ({Median(now.Select(run => run.Rate)) / Median(before.Select(run => run.Rate)):F2} times); peak memory {before.Max(run => run.Peak) >> 20} MiB, now {now.Max(run => run.Peak) >> 20} MiB"));
    }

    private static (double Rate, long Peak) ExtractOnce(ComparedMedia media, string checkout)
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        var usage = ChildUsage.Run(["dotnet", Path.Combine(checkout, Program), "extract", media.Video, "--out", data, "--jobs", "1"], folder: checkout);
        var found = Directory.GetFiles(data, "*.*", SearchOption.AllDirectories).Count(path => Path.GetExtension(path) is ".jpg" or ".wav");
        return (found / usage.Cpu, usage.PeakBytes);
    }

    private static string ProcessorName() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "processor unknown";

    private static string Option(string[] args, string name, string fallback) =>
        Array.IndexOf(args, name) is var place and >= 0 && place + 1 < args.Length ? args[place + 1] : fallback;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <param name="Wall">Seconds by the clock.</param>
    /// <param name="Cpu">Seconds of processor time with all children.</param>
    private sealed record ItemCost(double Wall, double Cpu);

    private sealed record Row(string Name, string Title, IReadOnlyList<string> Items, int Few, string[] Arguments)
    {
        public ItemCost Measure(string checkout)
        {
            var (few, many) = (Run(checkout, Few), Run(checkout, Items.Count));
            var more = Items.Count - Few;
            return new((many.Wall - few.Wall) / more, (many.Cpu - few.Cpu) / more);
        }

        /// <summary>The same over the items that a checkout embeds: a portrait may hold no face, a clip too little speech.</summary>
        public Row WithoutRefused(string checkout)
        {
            var run = ChildUsage.Run(["dotnet", Path.Combine(checkout, Program), .. Arguments, .. Items], mayFail: true, folder: checkout);
            var embedded = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["file"]!).ToHashSet();
            return embedded.Count > Few
                ? this with { Items = [.. Items.Where(embedded.Contains)] }
                : throw new InvalidOperationException($"{checkout} embeds {embedded.Count} of {Items.Count} items; more than {Few} are needed.");
        }

        private ChildUsage Run(string checkout, int count) =>
            ChildUsage.Run(["dotnet", Path.Combine(checkout, Program), .. Arguments, .. Items.Take(count), "--out", "/dev/null"], core: 0, folder: checkout); // each finds its own starter model
    }
}
