using System.Globalization;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.LoadTests;

/// <summary>This build and another one, each started as a process of its own, in turns, so that both meet the same load.</summary>
internal static class BuildComparison
{
    private const int Callers = 16;

    /// <summary>Measures both and prints a table in Markdown.</summary>
    /// <returns>Whether no call failed.</returns>
    public static async Task<bool> RunAsync(LoadOptions options, TextWriter output)
    {
        var media = await LoadMedia.ReadAsync(faces: 200, voices: 100);
        using var earlier = await FirstCalls.PrepareAsync(options.Against!, media);
        using var now = await FirstCalls.PrepareAsync(RepositoryPaths.Root, media);
        var rows = new Dictionary<string, List<(double Earlier, double Now)>>();
        for (var turn = 0; turn < options.Turns; turn++)
        {
            foreach (var kind in CallKind.Names)
            {
                var isLast = kind == CallKind.Names[^1];
                Turn before, after;
                if (turn % 2 == 0)
                {
                    before = await TurnAsync(earlier, kind, isLast, media, options);
                    after = await TurnAsync(now, kind, isLast, media, options);
                }
                else
                {
                    after = await TurnAsync(now, kind, isLast, media, options);
                    before = await TurnAsync(earlier, kind, isLast, media, options);
                }

                Add("start to ready, s", before.Start.Ready, after.Start.Ready);
                Add("start to ready, CPU s", before.Start.ReadyCpu, after.Start.ReadyCpu);
                Add($"first call, {kind}, ms", before.Start.First, after.Start.First);
                Add($"hundredth call, {kind}, ms", before.Start.Hundredth, after.Start.Hundredth);
                Add($"first call by the hundredth, {kind}", before.Start.Ratio, after.Start.Ratio);
                Add($"first call by the hundredth, {kind}, CPU", before.Start.CpuRatio, after.Start.CpuRatio);
                foreach (var (name, loop) in before.Loops)
                {
                    Add($"{name} a second, {Callers} callers", loop.Answered, after.Loops[name].Answered);
                    Add($"{name} for a CPU second of the server", loop.AnsweredPerCpuSecond, after.Loops[name].AnsweredPerCpuSecond);
                }
            }
        }

        var starts = options.Turns * CallKind.Names.Count;
        Line($"{Environment.ProcessorCount} cores; medians of {options.Turns} turns, {starts} starts; ratio now / earlier, with the least and the most");
        output.WriteLine("| | earlier | now | ratio |");
        output.WriteLine("| --- | --- | --- | --- |");
        foreach (var (name, values) in rows.OrderBy(row => row.Key.Contains("call", StringComparison.Ordinal)))
        {
            double[] ratios = [.. values.Select(value => value.Now / value.Earlier).Order()];
            var (before, after) = (Median(values.Select(value => value.Earlier)), Median(values.Select(value => value.Now)));
            Line($"| {name} | {before:F2} | {after:F2} | {Median(ratios):F2} ({ratios[0]:F2} to {ratios[^1]:F2}) |");
        }

        Line($"calls that failed: {earlier.Failed} of the other build's, {now.Failed} of this one's");
        return earlier.Failed + now.Failed == 0;

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        void Add(string row, double before, double after)
        {
            if (!rows.TryGetValue(row, out var values))
            {
                rows[row] = values = [];
            }

            values.Add((before, after));
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<Turn> TurnAsync(FirstCalls build, string kind, bool isLast, LoadMedia media, LoadOptions options)
    {
        var loops = new Dictionary<string, LoopResult>();
        var start = await build.MeasureAsync(kind, async server =>
        {
            if (isLast)
            {
                loops["faces"] = await SaturateAsync(server, CallKind.Face(media.Faces), options);
                loops["clips"] = await SaturateAsync(server, CallKind.Voice(media.Voices), options);
            }
        });
        return new(start, loops);
    }

    private static async Task<LoopResult> SaturateAsync(ServerProcess server, CallKind calls, LoadOptions options)
    {
        using var caller = new Caller(server, calls);
        await caller.ClosedLoopAsync(Callers, Math.Min(1, options.Seconds));
        return await caller.ClosedLoopAsync(Callers, options.Seconds);
    }

    private sealed record Turn(FirstCall Start, Dictionary<string, LoopResult> Loops);
}
