using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using FaceVoice.Index;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Benchmarks.Index;

/// <summary>
/// The embedded store beside what it can be held against, in one process: reading the same bytes and nothing else, a plain float scan, and hnswlib.
/// Rows of one run can be compared; rows of two runs cannot. Run it with <c>index [POINTS…]</c>.
/// </summary>
internal static class IndexComparison
{
    private const int Queries = 200;
    private const int Limit = 10;

    public static async Task<int> RunAsync(string[] arguments)
    {
        foreach (var points in arguments.DefaultIfEmpty("10000").Select(a => int.Parse(a, CultureInfo.InvariantCulture)))
        {
            await CompareAsync(points);
        }

        return 0;
    }

    private static async Task CompareAsync(int count)
    {
        var data = new ClusteredVectors(count, Queries);
        var truth = new int[Queries][];
        Print($"\n## {count:N0} points of {ClusteredVectors.Size}, {Queries} queries, kernel {CodeKernels.Best}, {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}\n");
        Print($"| | recall@10 | CPU ms p50 | CPU ms min | q/s on 2 threads |\n| --- | --- | --- | --- | --- |");
        Measure("limit: reading the float32 matrix", null, truth, q => Read(data.Matrix));
        Measure("plain float32 scan", null, truth, q => truth[q] = data.Nearest(q, Limit));
        var codes = new byte[(long)count * ClusteredVectors.Size];
        Measure("limit: reading the int8 matrix", null, truth, q => Read(codes));

        var folder = Directory.CreateTempSubdirectory("facevoice-bench-").FullName;
        var options = new EmbeddedStoreOptions { GraphMinPoints = Math.Min(50_000, count / 2) };
        var schema = new IndexSchema("benchmark", new Dictionary<string, int> { [VectorName.Joint] = ClusteredVectors.Size });
        await using (var store = await EmbeddedVectorStore.OpenAsync(folder, schema, options))
        {
            var inserting = Stopwatch.StartNew();
            for (var start = 0; start < count; start += 1000)
            {
                await store.UpsertAsync([.. Enumerable.Range(start, Math.Min(1000, count - start)).Select(i => Point(data, i))]);
            }

            Print($"insert {inserting.Elapsed.TotalSeconds:F1} s wall ({count / inserting.Elapsed.TotalSeconds:N0} points/s, each batch of 1,000 on the disk before it is acknowledged)");
            MeasureStore("exact: int8 scan, rescored", store, data, truth, exact: true);
            var building = Stopwatch.StartNew();
            await store.GraphsReadyAsync();
            Print($"graph caught up {building.Elapsed.TotalSeconds:F1} s wall after that (it grows beside the inserts)");
            MeasureStore($"graph, effort {options.GraphSearchEffort}", store, data, truth, exact: false);
            await store.CheckpointAsync();
        }

        var opening = Stopwatch.StartNew();
        await using (var again = await EmbeddedVectorStore.OpenAsync(folder, schema, options))
        {
            Print($"open {opening.Elapsed.TotalMilliseconds:F0} ms wall, {(await again.GetStatsAsync()).DiskBytes / 1e6:F0} MB on disk");
            MeasureStore($"graph, effort {options.GraphSearchEffort}, reopened", again, data, truth, exact: false);
        }

        Directory.Delete(folder, recursive: true);
        CompareHnswlib(data, truth);
    }

    private static void CompareHnswlib(ClusteredVectors data, int[][] truth)
    {
        using var peer = HnswlibYardstick.TryCreate(ClusteredVectors.Size, data.Points.Length);
        if (peer is null)
        {
            Print($"hnswlib: not installed here (libhnswlib-dev and g++)");
            return;
        }

        var started = ThreadClock.Milliseconds;
        for (var i = 0; i < data.Points.Length; i++)
        {
            peer.Add(data.Points[i], i);
        }

        Print($"hnswlib build {(ThreadClock.Milliseconds - started) / 1000:F1} s CPU");
        foreach (var effort in new[] { 32, 64, 128 })
        {
            peer.SetEffort(effort);
            Measure($"hnswlib float32, M 16, effort {effort}", q => peer.Search(data.Queries[q], Limit), truth, null);
        }
    }

    private static void MeasureStore(string name, EmbeddedVectorStore store, ClusteredVectors data, int[][] truth, bool exact) => Measure(
        name,
        q => [.. store.SearchAsync(new SearchRequest { Vector = data.Queries[q], Limit = Limit, Exact = exact }).GetAwaiter().GetResult().Select(h => int.Parse(h.Id, CultureInfo.InvariantCulture))],
        truth,
        null);

    private static void Measure(string name, Func<int, int[]>? search, int[][] truth, Action<int>? work)
    {
        var found = new int[Queries][];
        void Run(int q)
        {
            if (search is null)
            {
                work!(q);
            }
            else
            {
                found[q] = search(q);
            }
        }

        for (var q = 0; q < Queries; q++)
        {
            Run(q); // compiled, and what it needs in the caches, as in a service
        }

        var times = new List<double>();
        for (var q = 0; q < Queries; q++)
        {
            var started = ThreadClock.Milliseconds;
            Run(q);
            times.Add(ThreadClock.Milliseconds - started);
        }

        times.Sort();
        var wall = Stopwatch.StartNew();
        Parallel.For(0, Queries * 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, q => Run(q % Queries));
        var recall = search is null ? string.Empty : (found.Zip(truth).Sum(p => p.First.Intersect(p.Second).Count()) / (double)(Queries * Limit)).ToString("F4", CultureInfo.InvariantCulture);
        Print($"| {name} | {recall} | {times[Queries / 2]:F3} | {times[0]:F3} | {Queries * 2 / wall.Elapsed.TotalSeconds:N0} |");
    }

    /// <summary>Reads memory in the widest pieces and does the least with them.</summary>
    private static void Read<T>(T[] values)
        where T : unmanaged
    {
        var (a, b, c, d) = (Vector<byte>.Zero, Vector<byte>.Zero, Vector<byte>.Zero, Vector<byte>.Zero);
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<T, Vector<byte>>(values);
        for (var i = 0; i + 4 <= words.Length; i += 4)
        {
            a ^= words[i];
            b ^= words[i + 1];
            c ^= words[i + 2];
            d ^= words[i + 3];
        }

        GC.KeepAlive(Vector.Sum(a ^ b ^ c ^ d));
    }

    private static IndexPoint Point(ClusteredVectors data, int number) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        Identity = string.Create(CultureInfo.InvariantCulture, $"person-{number / 20}"),
        Modality = PointModality.Voice,
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorName.Joint] = data.Points[number] },
    };

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
