using System.Diagnostics;
using System.Globalization;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing.Grpc;
using Google.Protobuf;

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
        await using (var server = await ServerProcess.StartAsync("--model", options.Model, "--set", "Work:CacheMegabytes=0", "--log-level", "Error"))
        {
            using var channel = server.Connect();
            var client = new EmbeddingService.EmbeddingServiceClient(channel);
            failed += options.Parts.Contains("face") ? await LoopsAsync(server, "face", new Caller(client, isFace: true, media.Faces), faceRate, options, output) : 0;
            failed += options.Parts.Contains("voice") ? await LoopsAsync(server, "voice", new Caller(client, isFace: false, media.Voices), voiceRate, options, output) : 0;
        }

        failed += options.Parts.Contains("first") ? await FirstAsync(options, media, output) : 0;
        if (options.Parts.Contains("cached"))
        {
            await using var server = await ServerProcess.StartAsync("--model", options.Model, "--log-level", "Error");
            using var channel = server.Connect();
            failed += await CachedAsync(server, new EmbeddingService.EmbeddingServiceClient(channel), media, options, output);
        }

        Line(output, $"calls that failed: {failed}");
        return failed == 0;
    }

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

    private static async Task<int> LoopsAsync(ServerProcess server, string kind, Caller caller, double baseline, LoadOptions options, TextWriter output)
    {
        var (peak, failed) = (0.0, 0);
        await caller.ClosedLoopAsync(2, Math.Min(1, options.Seconds));
        foreach (var callers in options.Callers)
        {
            var shares = new CoreShares(server);
            var rate = await caller.ClosedLoopAsync(callers, options.Seconds);
            Line(output, $"{kind}, {callers} callers: {rate:F1}/s = {rate / baseline:P0} of the pipeline without a server; {caller.Answered}; refused {caller.Refused.Count}; {shares}");
            (peak, failed) = (Math.Max(peak, rate), failed + caller.Failed);
        }

        Line(output, $"{kind}, stages at {options.Callers[^1]} callers: {string.Join(", ", caller.Stages.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value}"))}");
        var overload = new CoreShares(server);
        var goodput = await caller.OpenLoopAsync(5 * peak, options.Seconds);
        Line(output, $"{kind}, five times overload ({5 * peak:F0}/s offered): answered {goodput:F1}/s = {goodput / peak:P0} of the peak, {caller.Answered}; refused {caller.Refused.Count}, {caller.Refused}; {overload}");
        return failed + caller.Failed;
    }

    /// <summary>The very first calls of several servers that say they are ready, beside later ones; the caller itself has made such calls to the first of them, which does not count.</summary>
    private static async Task<int> FirstAsync(LoadOptions options, LoadMedia media, TextWriter output)
    {
        const int servers = 6;
        var failed = 0; // half of them are asked for a face first, half for a voice
        var (start, first, later) = (new Latencies(), new[] { new Latencies(), new Latencies() }, new[] { new Latencies(), new Latencies() });
        for (var i = 0; i <= servers; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var server = await ServerProcess.StartAsync("--model", options.Model, "--set", "Work:CacheMegabytes=0", "--log-level", "Error");
            start.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            using var channel = server.Connect();
            await new ModelService.ModelServiceClient(channel).GetModelAsync(new()); // the connection itself
            foreach (var kind in i % 2 == 0 ? new[] { 0, 1 } : [1, 0])
            {
                var caller = new Caller(new EmbeddingService.EmbeddingServiceClient(channel), kind == 0, kind == 0 ? media.Faces : media.Voices);
                await caller.CallAsync();
                var firstCall = caller.Answered.Percentile(0);
                await caller.ClosedLoopAsync(1, i == 0 ? 3 : 2);
                if (i > 0)
                {
                    if (kind == i % 2)
                    {
                        first[kind].Add(firstCall);
                    }

                    later[kind].Add(caller.Answered.Percentile(0.5));
                }

                failed += caller.Failed;
            }
        }

        Line(output, $"first calls of {servers} servers, median (the longest), and later calls' median: face {first[0].Percentile(0.5):F1} ({first[0].Percentile(1):F1}), {later[0].Percentile(0.5):F1} ms; voice {first[1].Percentile(0.5):F1} ({first[1].Percentile(1):F1}), {later[1].Percentile(0.5):F1} ms; ready after {start.Percentile(0.5) / 1000:F1} s");
        return failed;
    }

    private static async Task<int> CachedAsync(ServerProcess server, EmbeddingService.EmbeddingServiceClient client, LoadMedia media, LoadOptions options, TextWriter output)
    {
        var failed = 0;
        foreach (var (kind, caller) in new[] { ("face", new Caller(client, true, [media.Faces[0]])), ("voice", new Caller(client, false, [media.Voices[0]])) })
        {
            await caller.ClosedLoopAsync(4, Math.Min(2, options.Seconds));
            foreach (var callers in new[] { 1, 16 })
            {
                var before = server.ProcessorTime;
                var rate = await caller.ClosedLoopAsync(callers, options.Seconds);
                var microseconds = (server.ProcessorTime - before).TotalMicroseconds / Math.Max(1, caller.Answered.Count);
                Line(output, $"cached {kind} ({SizeOf(kind == "face" ? media.Faces[0] : media.Voices[0])}), {callers} callers: {rate:F0}/s, {microseconds:F0} us of the server's CPU a call, {caller.Answered}");
                failed += caller.Failed;
            }
        }

        return failed + await MemoryAsync(server, new Caller(client, true, media.Faces), options, output);
    }

    private static async Task<int> MemoryAsync(ServerProcess server, Caller caller, LoadOptions options, TextWriter output)
    {
        var memory = new List<string>();
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            await Parallel.ForAsync(0, options.Cached / 10, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, token) => await caller.CallAsync(token));
            memory.Add((server.ResidentBytes >> 20).ToString(CultureInfo.InvariantCulture));
        }

        Line(output, $"resident memory over {options.Cached} cached requests, after each tenth: {string.Join(", ", memory)} MiB; answered {caller.Answered.Count}, refused {caller.Refused.Count}");
        return caller.Failed;
    }

    private static string SizeOf(ByteString data) => string.Create(CultureInfo.InvariantCulture, $"{data.Length >> 10} KiB");

    private static void Line(TextWriter output, FormattableString text)
    {
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
