using System.Globalization;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.LoadTests;

/// <summary>The whole programme of measurements.</summary>
internal static class LoadRun
{
    /// <summary>Measures and writes the figures.</summary>
    /// <returns>Whether no call failed in a way that it must not.</returns>
    public static async Task<bool> RunAsync(LoadOptions options, TextWriter output)
    {
        var media = await LoadMedia.ReadAsync(faces: 200, voices: options.Parts is ["face"] ? 0 : 100);
        Line(output, $"{Environment.ProcessorCount} cores, model {Path.GetFileName(options.Model)}, {media.Faces.Count} portraits, {media.Voices.Count} clips of 3 s, {options.Seconds} s a measurement");
        var (faceRate, voiceRate) = options.Parts.Contains("baseline") ? await BaselinesAsync(options, media, output) : (double.NaN, double.NaN);

        var failed = 0;
        if (options.Parts.Contains("face") || options.Parts.Contains("voice"))
        {
            await using var server = await StartAsync(options, "--set", "Work:CacheMegabytes=0");
            foreach (var (kind, alone) in new[] { (CallKind.Face(media.Faces), faceRate), (CallKind.Voice(media.Voices), voiceRate) })
            {
                failed += options.Parts.Contains(kind.Name) ? await LoopsAsync(server, kind, alone, options, output) : 0;
            }
        }

        failed += options.Parts.Contains("first") ? await FirstAsync(options, media, output) : 0;
        if (options.Parts.Contains("cached"))
        {
            await using var server = await StartAsync(options);
            failed += await CachedAsync(server, media, options, output);
        }

        Line(output, $"calls that failed: {failed}");
        return failed == 0;
    }

    private static Task<ServerProcess> StartAsync(LoadOptions options, params string[] arguments) =>
        ServerProcess.StartOfAsync(options.Server, ["--model", options.Model, "--log-level", "Error", .. arguments]);

    private static async Task<(double Face, double Voice)> BaselinesAsync(LoadOptions options, LoadMedia media, TextWriter output)
    {
        using var baseline = new Baseline(options.Model);
        Line(output, $"without a server, one thread a core: face networks alone {baseline.FaceNetworks(options.Seconds):F1}/s, voice networks alone {baseline.VoiceNetworks(media.Voices[0], options.Seconds):F1}/s");
        foreach (var batch in new[] { 1, 2, 4, 8 })
        {
            var faces = baseline.FaceEncoder(batch, options.Seconds) is { } rate ? $"{rate:F1} faces/s" : "one face at a time";
            Line(output, $"in batches of {batch}: speaker encoder {baseline.SpeakerEncoder(batch, options.Seconds):F1} clips/s, face encoder {faces}");
        }

        var (face, voice) = (baseline.FacePipeline(media.Faces, options.Seconds), baseline.VoicePipeline(media.Voices, options.Seconds));
        Line(output, $"with decoding, alignment and quality too: face {face:F1}/s, voice {voice:F1}/s");
        Line(output, $"cancelled work has left the engine within: face {await baseline.CancelAsync(media.Faces, isFace: true):F1} ms, voice {await baseline.CancelAsync(media.Voices, isFace: false):F1} ms (8 calls at once, the longest of 12 times)");
        return (face, voice);
    }

    private static async Task<int> LoopsAsync(ServerProcess server, CallKind kind, double baseline, LoadOptions options, TextWriter output)
    {
        using var caller = new Caller(server, kind);
        var (peak, best, failed) = ((LoopResult?)null, 0, 0);
        await caller.ClosedLoopAsync(2, Math.Min(1, options.Seconds));
        foreach (var callers in options.Callers)
        {
            var loop = await caller.ClosedLoopAsync(callers, options.Seconds);
            Line(output, $"{kind.Name}, {callers} callers: {loop.Answered:F1}/s{(double.IsNaN(baseline) ? "" : $" = {loop.Answered / baseline:P0} of the pipeline without a server")}");
            Line(output, $"    {caller}; {loop.Shares}");
            failed += caller.Failed;
            if (peak is null || loop.Answered > peak.Answered)
            {
                (peak, best) = (loop, callers);
            }
        }

        Line(output, $"{kind.Name}, stages at {options.Callers[^1]} callers: {Stages(caller)}");
        var overload = await caller.OpenLoopAsync(5 * peak!.Answered, options.Seconds);
        var outcome = $"{caller}; {overload.Shares}";
        failed += caller.Failed;
        var again = await caller.ClosedLoopAsync(best, options.Seconds); // what else the machine does changes meanwhile
        var ofCores = 2 * overload.Answered / (peak.Answered + again.Answered);
        var ofCpu = 2 * overload.AnsweredPerCpuSecond / (peak.AnsweredPerCpuSecond + again.AnsweredPerCpuSecond);
        Line(output, $"{kind.Name}, five times overload ({overload.Offered:F0}/s offered): {overload.Answered:F1}/s");
        Line(output, $"    peaks before and after: {peak.Answered:F1} and {again.Answered:F1}/s; for a CPU second of the server {peak.AnsweredPerCpuSecond:F1} and {again.AnsweredPerCpuSecond:F1}");
        Line(output, $"    {ofCores:P0} of their mean; {ofCpu:P0} for a CPU second of the server");
        Line(output, $"    {outcome}");
        return failed + caller.Failed;
    }

    private static string Stages(Caller caller)
    {
        var stages = new SortedDictionary<string, Latencies>(StringComparer.Ordinal);
        foreach (var timing in caller.Answers.SelectMany(caller.Kind.Stages))
        {
            (stages.TryGetValue(timing.Stage, out var times) ? times : stages[timing.Stage] = new()).Add(timing.Milliseconds);
        }

        return string.Join(", ", stages.Select(stage => $"{stage.Key} {stage.Value}"));
    }

    private static async Task<int> FirstAsync(LoadOptions options, LoadMedia media, TextWriter output)
    {
        using var first = await FirstCalls.PrepareAsync(options.Server, media);
        var starts = new List<FirstCall>();
        foreach (var kind in CallKind.Names)
        {
            List<FirstCall> calls = [];
            for (var turn = 0; turn < options.Turns; turn++)
            {
                calls.Add(await first.MeasureAsync(kind));
            }

            var (least, most) = (calls.Min(call => call.Ratio), calls.Max(call => call.Ratio));
            Line(output, $"first call of {options.Turns} servers, {kind}, median {Of(c => c.First):F1} ms, the hundredth {Of(c => c.Hundredth):F1} ms");
            Line(output, $"    ratio {Of(c => c.Ratio):F2} ({least:F2} to {most:F2})");
            Line(output, $"    of the server's CPU {Of(c => c.FirstCpu):F1} and {Of(c => c.HundredthCpu):F1} ms, ratio {Of(c => c.CpuRatio):F2}");
            starts.AddRange(calls);

            double Of(Func<FirstCall, double> figure) => BuildComparison.Median(calls.Select(figure));
        }

        var (ready, cpu) = (BuildComparison.Median(starts.Select(start => start.Ready)), BuildComparison.Median(starts.Select(start => start.ReadyCpu)));
        Line(output, $"ready after {ready:F2} s, {cpu:F2} s of CPU (median of {starts.Count} starts)");
        return first.Failed;
    }

    private static async Task<int> CachedAsync(ServerProcess server, LoadMedia media, LoadOptions options, TextWriter output)
    {
        var failed = 0;
        foreach (var kind in new[] { CallKind.Face([media.Faces[0]]), CallKind.Voice([media.Voices[0]]) })
        {
            using var caller = new Caller(server, kind);
            await caller.ClosedLoopAsync(4, Math.Min(2, options.Seconds));
            foreach (var callers in new[] { 1, 16 })
            {
                var loop = await caller.ClosedLoopAsync(callers, options.Seconds);
                var microseconds = 1e6 / loop.AnsweredPerCpuSecond;
                Line(output, $"cached {kind.Name} ({kind.Requests[0].Length >> 10} KiB), {callers} callers: {loop.Answered:F0}/s");
                Line(output, $"    {microseconds:F0} us of the server's CPU a call; {caller}");
                failed += caller.Failed;
            }
        }

        using var faces = new Caller(server, CallKind.Face(media.Faces));
        return failed + await MemoryAsync(server, faces, options, output);
    }

    private static async Task<int> MemoryAsync(ServerProcess server, Caller caller, LoadOptions options, TextWriter output)
    {
        var memory = new List<string>();
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            var sixteen = new ParallelOptions { MaxDegreeOfParallelism = 16 };
            await Parallel.ForAsync(0, options.Cached / 10, sixteen, async (_, _) => await caller.CallAsync());
            memory.Add((server.ResidentBytes >> 20).ToString(CultureInfo.InvariantCulture));
        }

        Line(output, $"resident memory over {options.Cached} cached requests, after each tenth: {string.Join(", ", memory)} MiB; {caller}");
        return caller.Failed;
    }

    private static void Line(TextWriter output, FormattableString text)
    {
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
