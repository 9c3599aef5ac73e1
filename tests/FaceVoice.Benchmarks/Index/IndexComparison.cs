using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaceVoice.Index;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Benchmarks.Index;

/// <summary>
/// The embedded store beside what it can be held against, in one process: reading the same bytes and nothing else, a plain float scan, and hnswlib.
/// Rows of one run can be compared; rows of two runs cannot.
/// </summary>
internal sealed class IndexComparison(ComparisonSettings settings, ClusteredVectors data, string folder)
{
    private const int Queries = 200;
    private const int Limit = 10;
    private const int Batch = 16;
    private readonly ComparisonTable _table = new(Queries, Limit, settings.Threads);

    private string StoreFolder => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"points-{data.Count}-m{settings.Neighbours}"));

    private EmbeddedStoreOptions Options => new()
    {
        GraphMinPoints = Math.Min(50_000, data.Count / 2),
        GraphNeighbours = settings.Neighbours,
        GraphBuildEffort = settings.BuildEffort,
        GraphBuildThreads = settings.Threads,
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var settings = ComparisonSettings.Parse(arguments);
        var folder = settings.Folder ?? Directory.CreateTempSubdirectory("facevoice-bench-").FullName;
        foreach (var points in settings.Points)
        {
            var data = settings.Vectors is { } path ? ClusteredVectors.Load(path, Queries) : ClusteredVectors.Make(points, Queries);
            await new IndexComparison(settings, data, folder).CompareAsync();
        }

        if (settings.Folder is null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private async Task CompareAsync()
    {
        _table.Start($"{data.Count:N0} points of {data.Size}, {Queries} queries, kernel {CodeKernels.Best}, {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        if (settings.Steps.Any(step => step is "limits" or "exact" or "graph" or "hnswlib"))
        {
            MeasureLimits();
        }

        foreach (var step in settings.Steps)
        {
            await (step switch
            {
                "insert" => InsertAsync(),
                "exact" => WithStoreAsync(MeasureExact, Options with { GraphMinPoints = int.MaxValue }),
                "build" => BuildAsync(),
                "graph" => WithStoreAsync(MeasureGraph, Options),
                "resident" => Done(() => ResidentMemory.MeasureInChild(StoreFolder, data.Count)),
                "hnswlib" => Done(CompareHnswlib),
                _ => Task.CompletedTask,
            });
        }
    }

    private static Task Done(Action step)
    {
        step();
        return Task.CompletedTask;
    }

    private void MeasureLimits()
    {
        if (settings.Steps.Contains("limits"))
        {
            _table.Work("limit: reading the float32 matrix", _ => Read(data.Matrix));
            _table.Work("plain float32 scan", q => _table.Truth[q] = data.Nearest(q, Limit));
        }
        else
        {
            Parallel.For(0, Queries, q => _table.Truth[q] = data.Nearest(q, Limit));
        }

    }

    private async Task InsertAsync()
    {
        // Beside a graph that grows meanwhile, as in a service; the graph's own time is what "build" adds.
        await using var store = await EmbeddedVectorStore.OpenAsync(StoreFolder, Schema(), Options with { GraphMinPoints = int.MaxValue });
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < data.Count; start += 1000)
        {
            await store.UpsertAsync([.. Enumerable.Range(start, Math.Min(1000, data.Count - start)).Select(Point)]);
        }

        ComparisonTable.Print($"insert {clock.Elapsed.TotalSeconds:F1} s wall ({data.Count / clock.Elapsed.TotalSeconds:N0} points/s; each batch of 1,000 is on the disk before it is acknowledged)");
        await store.CheckpointAsync();
    }

    private async Task BuildAsync()
    {
        var clock = Stopwatch.StartNew();
        await using var store = await EmbeddedVectorStore.OpenAsync(StoreFolder, Schema(), Options);
        var (opened, before, cpu) = (clock.Elapsed, (await store.GetStatsAsync()).GraphPoints![VectorName.Joint], Process.GetCurrentProcess().TotalProcessorTime);
        clock.Restart();
        using var stop = new CancellationTokenSource();
        stop.CancelAfter(double.IsFinite(settings.Seconds) ? TimeSpan.FromSeconds(settings.Seconds) : Timeout.InfiniteTimeSpan);
        try
        {
            await store.GraphsReadyAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // as much as fits this run; closing the store keeps it
        }

        var (wall, spent) = (clock.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
        var now = (await store.GetStatsAsync()).GraphPoints![VectorName.Joint];
        ComparisonTable.Print($"graph M {settings.Neighbours}, build effort {settings.BuildEffort}: from {before:N0} to {now:N0} points in {wall.TotalSeconds:F1} s wall, {spent.TotalSeconds:F1} s CPU on {settings.Threads} threads (the store opened in {opened.TotalSeconds:F2} s)");
    }

    private async Task WithStoreAsync(Action<EmbeddedVectorStore> measure, EmbeddedStoreOptions options)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(StoreFolder, null, options);
        measure(store);
    }

    private void MeasureExact(EmbeddedVectorStore store)
    {
        unsafe
        {
            var bytes = checked((int)((long)data.Count * data.Size));
            var codes = (byte*)FaceVoice.Index.Embedded.HugePages.Allocate(bytes); // the same kind of memory as the store's
            new Span<byte>(codes, bytes).Fill(1);
            _table.Turns("reading the int8 matrix", _ => Read(new ReadOnlySpan<byte>(codes, bytes)), "exact: int8 scan, rescored", q => Search(store, q, exact: true, effort: null));
            FaceVoice.Index.Embedded.HugePages.Free((nint)codes);
        }

        _table.Search("exact: int8 scan, rescored", q => Search(store, q, exact: true, effort: null));
        var batches = Enumerable.Range(0, Queries / Batch).Select(b => Enumerable.Range(b * Batch, Batch).Select(q => Request(q, exact: true, effort: null)).ToArray()).ToArray();
        var (milliseconds, perSecond) = _table.Work($"exact, {Batch} queries in one call", q => store.SearchAsync(batches[q % batches.Length]).GetAwaiter().GetResult());
        ComparisonTable.Print($"| exact in such a batch, per query | | {milliseconds / Batch:F3} | | {perSecond * Batch:N0} |");
    }

    private void MeasureGraph(EmbeddedVectorStore store)
    {
        _table.Search("graph, as the store chooses", q => Search(store, q, exact: false, effort: null));
        _table.Sweep($"graph M {settings.Neighbours}", (q, effort) => Search(store, q, exact: false, effort));
    }

    private void CompareHnswlib()
    {
        var saved = StoreFolder + ".hnswlib";
        using var peer = HnswlibYardstick.TryCreate(data.Size, data.Count, settings.Neighbours, settings.BuildEffort, saved);
        if (peer is null)
        {
            ComparisonTable.Print($"hnswlib: not installed here (libhnswlib-dev and g++)");
            return;
        }

        var (clock, cpu, before) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime, peer.Count);
        for (var start = before; start < data.Count && clock.Elapsed.TotalSeconds < settings.Seconds; start = peer.Count)
        {
            Parallel.For(start, Math.Min(start + 1000, data.Count), new ParallelOptions { MaxDegreeOfParallelism = settings.Threads }, i => peer.Add(data.Point(i).Span, i));
        }

        if (peer.Count > before)
        {
            var (wall, spent) = (clock.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
            ComparisonTable.Print($"hnswlib M {settings.Neighbours}, build effort {settings.BuildEffort}: from {before:N0} to {peer.Count:N0} points in {wall.TotalSeconds:F1} s wall, {spent.TotalSeconds:F1} s CPU on {settings.Threads} threads");
            peer.Save(saved);
        }

        if (peer.Count == data.Count)
        {
            _table.Sweep($"hnswlib float32, M {settings.Neighbours}", (q, effort) =>
            {
                peer.SetEffort(effort);
                return peer.Search(data.Queries[q], Limit);
            });
        }
    }

    private SearchRequest Request(int query, bool exact, int? effort) => new() { Vector = data.Queries[query], Limit = Limit, Exact = exact, GraphEffort = effort };

    private int[] Search(EmbeddedVectorStore store, int query, bool exact, int? effort) =>
        [.. store.SearchAsync(Request(query, exact, effort)).GetAwaiter().GetResult().Select(h => int.Parse(h.Id, CultureInfo.InvariantCulture))];

    /// <summary>Reads memory in the widest pieces and does the least with them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var (a, b, c, d) = (Vector<byte>.Zero, Vector<byte>.Zero, Vector<byte>.Zero, Vector<byte>.Zero);
        var words = MemoryMarshal.Cast<T, Vector<byte>>(values);
        for (var i = 0; i + 4 <= words.Length; i += 4)
        {
            a ^= words[i];
            b ^= words[i + 1];
            c ^= words[i + 2];
            d ^= words[i + 3];
        }

        GC.KeepAlive(Vector.Sum(a ^ b ^ c ^ d));
    }

    private IndexSchema Schema() => new("benchmark", new Dictionary<string, int> { [VectorName.Joint] = data.Size });

    private IndexPoint Point(int number) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        Identity = string.Create(CultureInfo.InvariantCulture, $"person-{number / 20}"),
        Modality = PointModality.Voice,
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorName.Joint] = data.Point(number) },
    };
}
