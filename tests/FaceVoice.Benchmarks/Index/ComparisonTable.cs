using System.Diagnostics;
using System.Globalization;

namespace FaceVoice.Benchmarks.Index;

/// <summary>Measures ways to answer the same queries and prints a row for each.</summary>
internal sealed class ComparisonTable(int queries, int limit, int threads)
{
    private const double Seconds = 1.0;

    /// <summary>The right answers; empty until a plain scan has given them.</summary>
    public int[][] Truth { get; } = new int[queries][];

    public void Start(FormattableString title)
    {
        Print($"\n## {title}\n");
        Print($"| | recall@{limit} | CPU ms p50 | CPU ms min | q/s on {threads} threads |\n| --- | --- | --- | --- | --- |");
    }

    /// <summary>Measures work that answers nothing.</summary>
    public (double Milliseconds, double PerSecond) Work(string name, Action<int> work)
    {
        var result = Time(work);
        Print($"| {name} | | {result.Median:F3} | {result.Least:F3} | {result.PerSecond:N0} |");
        return (result.Median, result.PerSecond);
    }

    /// <summary>Measures searches that give the numbers of the points they found.</summary>
    public (double Recall, double Milliseconds, double PerSecond) Search(string name, Func<int, int[]> search)
    {
        var found = new int[queries][];
        var result = Time(q => found[q] = search(q));
        var recall = found.Zip(Truth).Sum(p => p.First.Intersect(p.Second).Count()) / (double)(queries * limit);
        Print($"| {name} | {recall:F4} | {result.Median:F3} | {result.Least:F3} | {result.PerSecond:N0} |");
        return (recall, result.Median, result.PerSecond);
    }

    /// <summary>
    /// Measures work and the least that it could cost in turns: on a machine that others use, only what runs in the same seconds can be
    /// compared.
    /// </summary>
    /// <returns>How many times the least the work costs, by the medians.</returns>
    public double Turns(string leastName, Action<int> least, string name, Action<int> work)
    {
        const int Warm = 5;
        var (leastTimes, times) = (new List<double>(), new List<double>());
        for (var q = 0; q < queries; q++)
        {
            var started = ThreadClock.Milliseconds;
            least(q);
            var between = ThreadClock.Milliseconds;
            work(q);
            if (q >= Warm)
            {
                times.Add(ThreadClock.Milliseconds - between);
                leastTimes.Add(between - started);
            }
        }

        leastTimes.Sort();
        times.Sort();
        var ratio = times[times.Count / 2] / leastTimes[leastTimes.Count / 2];
        Print($"| in turns: {leastName} | | {leastTimes[leastTimes.Count / 2]:F3} | {leastTimes[0]:F3} | |");
        Print($"| in turns: {name} | | {times[times.Count / 2]:F3} | {times[0]:F3} | **{ratio:F2} times the reading** |");
        return ratio;
    }

    /// <summary>Raises the effort until hardly anything is missed, and says what recall 0.99 costs.</summary>
    /// <returns>Searches per second at the first effort that has it; 0 where none has.</returns>
    public double Sweep(string name, Func<int, int, int[]> search)
    {
        var enough = 0.0;
        foreach (var effort in new[] { 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768 })
        {
            var (recall, _, perSecond) = Search($"{name}, effort {effort}", q => search(q, effort));
            enough = enough == 0 && recall >= 0.99 ? perSecond : enough;
            if (recall >= 0.998)
            {
                break;
            }
        }

        Print($"| **{name}, at recall 0.99** | | | | **{enough:N0}** |");
        return enough;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private (double Median, double Least, double PerSecond) Time(Action<int> work)
    {
        for (var q = 0; q < queries; q++)
        {
            work(q); // compiled, and what it needs in the caches, as in a service
        }

        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var q = 0; q < queries && (q < 20 || clock.Elapsed.TotalSeconds < 2 * Seconds); q++)
        {
            var started = ThreadClock.Milliseconds;
            work(q);
            times.Add(ThreadClock.Milliseconds - started);
        }

        times.Sort();
        var (done, next) = (0, -1);
        clock.Restart();
        Parallel.For(0, threads, _ =>
        {
            while (clock.Elapsed.TotalSeconds < Seconds)
            {
                work((int)((uint)Interlocked.Increment(ref next) % (uint)queries));
                Interlocked.Increment(ref done);
            }
        });
        return (times[times.Count / 2], times[0], done / clock.Elapsed.TotalSeconds);
    }
}
