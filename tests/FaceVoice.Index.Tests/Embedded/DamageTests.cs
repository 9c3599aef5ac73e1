namespace FaceVoice.Index.Tests.Embedded;

/// <summary>Files cut short and bits turned over: the answer is right, or it is an error.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    private string Index => _folder.Of("index");

    [Fact]
    public async Task Log_CutAtEveryByte_KeepsExactlyTheWholeWrites()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            for (var i = 0; i < 4; i++)
            {
                await store.UpsertAsync([TestPoints.Make(i)]);
            }
        }

        var path = Directory.EnumerateFiles(Index, "log-*").Single();
        var whole = await File.ReadAllBytesAsync(path);
        var ends = FrameEnds(whole);
        Assert.Equal(5, ends.Count);
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            if (length < ends[0])
            {
                await Assert.ThrowsAsync<IndexCorruptException>(() => EmbeddedVectorStore.OpenAsync(Index));
                continue;
            }

            await using var store = await EmbeddedVectorStore.OpenAsync(Index);
            var expected = ends.Count(e => e <= length) - 1;
            Assert.Equal(expected, await store.CountAsync());
            Assert.Equal(expected, (await store.GetAsync([.. Enumerable.Range(0, 4).Select(TestPoints.Id)])).Count);
        }
    }

    [Fact]
    public async Task Log_CutAndWrittenOn_GoesOn()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await store.UpsertAsync([TestPoints.Make(0)]);
            await store.UpsertAsync([TestPoints.Make(1)]);
        }

        var path = Directory.EnumerateFiles(Index, "log-*").Single();
        await using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 1);
        }

        await using (var store = await EmbeddedVectorStore.OpenAsync(Index))
        {
            await store.UpsertAsync([TestPoints.Make(2)]);
        }

        await using var again = await EmbeddedVectorStore.OpenAsync(Index);
        Assert.Equal([TestPoints.Id(0), TestPoints.Id(2)], (await again.ScrollAsync(new ScrollRequest())).Points.Select(p => p.Id));
    }

    [Fact]
    public async Task Log_LastSectorNeverWritten_IsATornWrite()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await store.UpsertAsync([TestPoints.Make(0)]);
            await store.UpsertAsync(TestPoints.Many(20, start: 1));
        }

        var path = Directory.EnumerateFiles(Index, "log-*").Single();
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(bytes.Length / 512 / 2 * 512, 512).Clear();
        await File.WriteAllBytesAsync(path, bytes);
        await using var again = await EmbeddedVectorStore.OpenAsync(Index);
        Assert.Equal(1, await again.CountAsync());
    }

    [Fact]
    public async Task Log_BitTurnedAtEveryByte_IsAnErrorThatSaysWhere()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            for (var i = 0; i < 3; i++)
            {
                await store.UpsertAsync([TestPoints.Make(i)]);
            }
        }

        var path = Directory.EnumerateFiles(Index, "log-*").Single();
        var whole = await File.ReadAllBytesAsync(path);
        var ends = FrameEnds(whole);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, damaged);
            var error = await Assert.ThrowsAsync<IndexCorruptException>(() => EmbeddedVectorStore.OpenAsync(Index));
            Assert.Equal(path, error.File);
            Assert.Equal(at < ends[0] ? 0 : ends.Last(e => e <= at), error.Offset);
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 5)] // each frame is sealed: one byte of it stands for the others
    public async Task EveryFile_BitTurnedThroughout_NeverAnswersWrong(bool isSecret, int step)
    {
        using var key = isSecret ? StoreKey.Generate() : null;
        var options = new EmbeddedStoreOptions { GraphMinPoints = 4, GraphMinShare = 0, EncryptionKey = key };
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options))
        {
            await store.UpsertAsync(TestPoints.Many(5));
            await store.GraphsReadyAsync();
            await store.CheckpointAsync();
            await store.DeleteAsync([TestPoints.Id(2)]);
            await store.CheckpointAsync();
            await store.UpsertAsync([TestPoints.Make(7)]);
        }

        var files = ReadFiles();
        var (refused, right) = (0, 0);
        foreach (var (name, whole) in files)
        {
            for (var at = 0; at < whole.Length; at += step)
            {
                var damaged = (byte[])whole.Clone();
                damaged[at] ^= (byte)(1 << (at % 8));
                WriteFiles(files); // all of them: a store that built a damaged graph again saves it, and drops the log that it no longer needs
                await File.WriteAllBytesAsync(Path.Combine(Index, name), damaged);
                try
                {
                    await using var store = await EmbeddedVectorStore.OpenAsync(Index, null, options);
                    await VerifyAsync(store);
                    right++;
                }
                catch (IndexException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 1000 / step && right > 0, $"{refused} refused, {right} right");
    }

    [Fact]
    public async Task EveryFile_Missing_IsAnErrorOrRebuilt()
    {
        var options = new EmbeddedStoreOptions { GraphMinPoints = 4, GraphMinShare = 0 };
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options))
        {
            await store.UpsertAsync(TestPoints.Many(5));
            await store.GraphsReadyAsync();
            await store.CheckpointAsync();
            await store.DeleteAsync([TestPoints.Id(2)]);
            await store.CheckpointAsync();
            await store.UpsertAsync([TestPoints.Make(7)]);
        }

        var files = ReadFiles();
        foreach (var name in files.Keys)
        {
            WriteFiles(files);
            File.Delete(Path.Combine(Index, name));
            if (name.StartsWith("graph-", StringComparison.Ordinal))
            {
                await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options);
                await store.GraphsReadyAsync();
                await VerifyAsync(store);
            }
            else
            {
                await Assert.ThrowsAsync<IndexCorruptException>(() => EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options));
            }
        }
    }

    [Fact]
    public async Task Graph_Damaged_IsBuiltOnceAndSaved()
    {
        var options = new EmbeddedStoreOptions { GraphMinPoints = 4, GraphMinShare = 0 };
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options))
        {
            await store.UpsertAsync(TestPoints.Many(5));
            await store.GraphsReadyAsync();
        }

        var graph = Directory.EnumerateFiles(Index, "graph-*.joint").Single();
        var damaged = await File.ReadAllBytesAsync(graph);
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(graph, damaged);
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, null, options))
        {
            await store.GraphsReadyAsync();
        }

        var saved = Directory.EnumerateFiles(Index, "graph-*.joint").Single();
        Assert.NotEqual(graph, saved);
        var written = File.GetLastWriteTimeUtc(saved);
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, null, options))
        {
            await store.GraphsReadyAsync();
            Assert.Equal(5, (await store.GetStatsAsync()).GraphPoints!["joint"]);
        }

        Assert.Equal(written, File.GetLastWriteTimeUtc(Directory.EnumerateFiles(Index, "graph-*.joint").Single()));
    }

    public void Dispose() => _folder.Dispose();

    private SortedDictionary<string, byte[]> ReadFiles() =>
        new(Directory.EnumerateFiles(Index).Where(f => Path.GetFileName(f) != "LOCK").ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes), StringComparer.Ordinal);

    /// <summary>
    /// Makes the folder hold these files and no others. New files each time: the damaged ones may still be mapped by a store that was not
    /// closed.
    /// </summary>
    private void WriteFiles(SortedDictionary<string, byte[]> files)
    {
        foreach (var path in Directory.EnumerateFiles(Index).Where(f => Path.GetFileName(f) != "LOCK").ToList())
        {
            File.Delete(path);
        }

        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(Index, name), bytes);
        }
    }

    private static async Task VerifyAsync(EmbeddedVectorStore store)
    {
        int[] numbers = [0, 1, 3, 4, 7];
        var points = await store.GetAsync([.. Enumerable.Range(0, 9).Select(TestPoints.Id)]);
        Assert.Equal(numbers.Select(TestPoints.Id), points.Select(p => p.Id));
        foreach (var (number, point) in numbers.Zip(points))
        {
            VectorStoreContract.AssertSame(TestPoints.Make(number), point);
        }

        var query = TestPoints.Unit(24, 5);
        var hits = await store.SearchAsync(new SearchRequest { Vector = query, Limit = 9 });
        Assert.Equal(TestPoints.Expect(numbers.Select(n => TestPoints.Make(n)), "joint", query, 9).Select(e => e.Id), hits.Select(h => h.Id));
    }

    private static List<long> FrameEnds(byte[] log)
    {
        List<long> ends = [32];
        while (ends[^1] < log.Length)
        {
            ends.Add(ends[^1] + 16 + BitConverter.ToInt32(log, (int)ends[^1]));
        }

        return ends;
    }
}
