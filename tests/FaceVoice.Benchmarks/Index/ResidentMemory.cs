using System.Diagnostics;
using System.Globalization;
using FaceVoice.Index;

namespace FaceVoice.Benchmarks.Index;

/// <summary>Opens an index in a process of its own, searches, and says how long opening took and how much memory is resident.</summary>
internal static class ResidentMemory
{
    public const string Verb = "index-resident";

    /// <summary>Starts the process and passes its line on.</summary>
    public static void MeasureInChild(string folder, int count)
    {
        using var child = Process.Start(Environment.ProcessPath!, [typeof(ResidentMemory).Assembly.Location, Verb, folder, count.ToString(CultureInfo.InvariantCulture)]);
        child.WaitForExit();
    }

    /// <summary>The child's work.</summary>
    public static async Task<int> RunAsync(string folder, int count)
    {
        const int Queries = 200;
        var queries = ClusteredVectors.MakeQueries(count, Queries);
        await using (var empty = await EmbeddedVectorStore.OpenAsync(Directory.CreateTempSubdirectory("facevoice-bench-").FullName, new IndexSchema("empty", new Dictionary<string, int> { [VectorName.Joint] = 4 })))
        {
            await empty.CountAsync(); // the code is loaded and compiled: not what a large index costs
        }

        var opening = Stopwatch.StartNew();
        await using var store = await EmbeddedVectorStore.OpenAsync(folder);
        var opened = opening.Elapsed;
        var afterOpening = Status("VmRSS");
        foreach (var vector in queries)
        {
            await store.SearchAsync(new SearchRequest { Vector = vector });
            await store.SearchAsync(new SearchRequest { Vector = vector, Exact = true });
        }

        var stats = await store.GetStatsAsync();
        ComparisonTable.Print($"open {opened.TotalSeconds:F2} s wall, {stats.Points:N0} points, graph {stats.GraphPoints![VectorName.Joint]:N0}, {stats.DiskBytes / 1e6:F0} MB on disk; resident {afterOpening:F0} MB after opening, {Status("VmRSS"):F0} MB after {2 * Queries} searches (of it mapped files {Status("RssFile"):F0} MB), most {Status("VmHWM"):F0} MB");
        return 0;
    }

    private static double Status(string field) => double.Parse(
        File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal)).Split(':')[1].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
}
