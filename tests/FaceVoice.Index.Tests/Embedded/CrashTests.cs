using System.Diagnostics;
using System.Globalization;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>A writer killed at random moments, again and again over the same folder.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingAcknowledged()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("FACEVOICE_CRASH_ROUNDS") ?? "8", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        var stored = new Dictionary<int, int>(); // point number -> version; absent when deleted
        var writes = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var lines = await RunAndKillAsync(folder.Of("index"), round);
            Write? unfinished = null;
            foreach (var write in lines.Select(Parse).OfType<Write>())
            {
                unfinished = write.IsAcknowledged ? null : write;
                if (write.IsAcknowledged)
                {
                    Apply(stored, write);
                    writes++;
                }
            }

            stored = await VerifyAsync(folder.Of("index"), stored, unfinished, round);
        }

        Assert.True(writes > rounds, $"{writes} writes in {rounds} rounds say little.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {writes} acknowledged writes, none lost");
    }

    private static async Task<List<string>> RunAndKillAsync(string folder, int round)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(CrashTests).Assembly.Location);
        }

        start.ArgumentList.Add(CrashWriter.Argument);
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add(round.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!;
        var random = new Random(round);
        var lines = new List<string>();
        for (var wanted = random.Next(2, 120); lines.Count < wanted;)
        {
            lines.Add(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The writer ended by itself."));
        }

        var rest = process.StandardOutput.ReadToEndAsync();
        await Task.Delay(random.Next(20));
        process.Kill(); // SIGKILL
        lines.AddRange((await rest).Split('\n'));
        await process.WaitForExitAsync();
        return lines;
    }

    private static async Task<Dictionary<int, int>> VerifyAsync(string folder, Dictionary<int, int> stored, Write? unfinished, int round)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(folder, TestPoints.Schema, CrashWriter.Options);
        var found = new Dictionary<int, int>();
        for (var number = 0; number < CrashWriter.Ids; number++)
        {
            if ((await store.GetAsync([TestPoints.Id(number)])) is [var point])
            {
                found[number] = (int)point.Payload["version"].Number;
                VectorStoreContract.AssertSame(TestPoints.Make(number, found[number]), point);
            }
        }

        var finished = new Dictionary<int, int>(stored);
        if (unfinished is not null)
        {
            Apply(finished, unfinished); // whole or not at all
        }

        Assert.True(IsSame(found, stored) || IsSame(found, finished), $"round {round}: the store differs from what was acknowledged");
        Assert.Equal(found.Count, await store.CountAsync());
        var hits = await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(TestPoints.JointSize, round), Limit = 100, Exact = true });
        Assert.Equal(found.Keys.Order(), hits.Select(h => (int)h.Payload["age"].Number).Order());
        return found;
    }

    private static bool IsSame(Dictionary<int, int> a, Dictionary<int, int> b) => a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var version) && version == p.Value);

    private static void Apply(Dictionary<int, int> stored, Write write)
    {
        foreach (var number in write.Numbers)
        {
            if (write.IsDelete)
            {
                stored.Remove(number);
            }
            else
            {
                stored[number] = write.Version;
            }
        }
    }

    private static Write? Parse(string line)
    {
        // The pipe holds whole lines: each was one write of fewer than PIPE_BUF bytes.
        var parts = line.Split(' ');
        return parts.Length != 4 ? null : new Write(
            parts[0] == "A", parts[1] == "D", int.Parse(parts[2], CultureInfo.InvariantCulture), [.. parts[3].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))]);
    }

    private sealed record Write(bool IsAcknowledged, bool IsDelete, int Version, int[] Numbers);
}
