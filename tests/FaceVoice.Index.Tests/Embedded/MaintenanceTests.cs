using System.Text;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>Compaction, erasure, keys and repair.</summary>
public sealed class MaintenanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.Of("index");

    [Fact]
    public async Task Compact_AfterDeletion_LeavesNoByteBehind()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(40));
        await store.CheckpointAsync();
        await store.DeleteAsync(IndexFilter.OfIdentity("person-3"));
        await store.UpsertAsync([TestPoints.Make(1, version: 1)]);
        var gone = Encoding.UTF8.GetBytes("person-3");
        Assert.True(Occurs(gone));
        var report = await store.CompactAndProveAsync();
        Assert.False(Occurs(gone));
        Assert.Equal((0, true), (report.TracesAfter, report.TracesBefore >= 2 * report.RemovedPoints));
        Assert.InRange(report.RemovedPoints, 7, 9);
        Assert.Equal(0, (await store.GetStatsAsync()).DeadPoints);
        Assert.Equal(40 - Enumerable.Range(0, 40).Count(n => n % 7 != 0 && n % 5 == 3), await store.CountAsync());
    }

    [Fact]
    public async Task Compact_OfPointsThatOnlyTheLogHas_ProvesThatTheyWentAway()
    {
        await using (var filled = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await filled.UpsertAsync(TestPoints.Many(10));
            await filled.DeleteAsync([TestPoints.Id(3), TestPoints.Id(4)]);
            await filled.UpsertAsync([TestPoints.Make(1, version: 1)]);
        }

        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema);
        var report = await store.CompactAndProveAsync();
        Assert.Equal(3, report.RemovedPoints);
        Assert.True(report.TracesBefore >= 3, $"{report.TracesBefore} traces before");
        Assert.Equal(0, report.TracesAfter);
        Assert.Equal(8, await store.CountAsync());
    }

    [Fact]
    public async Task Checkpoint_OfPointsDeletedBefore_WritesNothingOfThem()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(10));
        await store.DeleteAsync([TestPoints.Id(3)]);
        await store.CheckpointAsync();
        Assert.False(Occurs(Encoding.UTF8.GetBytes(TestPoints.Id(3))));
        Assert.Equal(9, await store.CountAsync());
    }

    [Fact]
    public async Task Files_Encrypted_HoldNothingReadable()
    {
        using var key = StoreKey.Generate();
        var options = new EmbeddedStoreOptions { EncryptionKey = key };
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, options))
        {
            await store.UpsertAsync(TestPoints.Many(10));
            await store.CheckpointAsync();
            await store.UpsertAsync(TestPoints.Many(10, start: 10));
        }

        Assert.False(Occurs("person"u8));
        Assert.False(Occurs(BitConverter.GetBytes(TestPoints.Make(2).Vectors["joint"].Span[0])));
        await Assert.ThrowsAsync<IndexAccessDeniedException>(() => EmbeddedVectorStore.OpenAsync(Index));
        using var other = StoreKey.Generate();
        await Assert.ThrowsAsync<IndexAccessDeniedException>(() => EmbeddedVectorStore.OpenAsync(Index, null, options with { EncryptionKey = other }));
        await using var again = await EmbeddedVectorStore.OpenAsync(Index, null, options);
        Assert.Equal(20, await again.CountAsync());
    }

    [Fact]
    public async Task Rekey_ToOtherKeys_KeepsPointsAndLocksOldKeysOut()
    {
        using StoreKey encryption = StoreKey.Generate(), template = StoreKey.Generate(), newEncryption = StoreKey.Generate(), newTemplate = StoreKey.Generate();
        var (old, renewed) = (new EmbeddedStoreOptions { EncryptionKey = encryption, TemplateKey = template }, new EmbeddedStoreOptions { EncryptionKey = newEncryption, TemplateKey = newTemplate });
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, old))
        {
            await store.UpsertAsync(TestPoints.Many(30));
            var before = await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 3) });
            await store.RekeyAsync(newEncryption, newTemplate);
            var after = await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 3) });
            Assert.Equal(before.Select(h => h.Id), after.Select(h => h.Id));
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 2e-6f));
            await store.UpsertAsync([TestPoints.Make(50)]);
        }

        await Assert.ThrowsAsync<IndexAccessDeniedException>(() => EmbeddedVectorStore.OpenAsync(Index, null, old));
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, null, renewed))
        {
            VectorStoreContract.AssertSame(TestPoints.Make(50), Assert.Single(await store.GetAsync([TestPoints.Id(50)])));
            VectorStoreContract.AssertSame(TestPoints.Make(7), Assert.Single(await store.GetAsync([TestPoints.Id(7)])));
            await store.RekeyAsync(null, null);
        }

        await using var open = await EmbeddedVectorStore.OpenAsync(Index);
        Assert.Equal(31, await open.CountAsync());
    }

    [Fact]
    public void Rotation_KeepsCosinesWithinOneKeyAndNothingAcrossKeys()
    {
        using StoreKey one = StoreKey.Generate(), two = StoreKey.Generate();
        var (first, second) = (new VectorSpace(TestPoints.Schema, one), new VectorSpace(TestPoints.Schema, two));
        var (within, across) = (0.0, 0.0);
        for (var i = 0; i < 200; i++)
        {
            float[] a = TestPoints.Unit(40, i), b = TestPoints.Unit(40, i + 1000);
            within = Math.Max(within, Math.Abs(Cosine(a, b) - Cosine(first.ToStored("speaker", a), first.ToStored("speaker", b))));
            across += Cosine(first.ToStored("speaker", a), second.ToStored("speaker", a)) / 200;
        }

        Assert.InRange(within, 0, 1e-6);
        Assert.InRange(across, -0.4, 0.4); // one number for the pair of keys: tr(R1 R2^T)/40, standard deviation 1/40 · 1
    }

    [Fact]
    public async Task Repair_DamagedLogAndVector_SavesTheRest()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await store.UpsertAsync(TestPoints.Many(10));
            await store.DeleteAsync([TestPoints.Id(2)]);
            await store.CheckpointAsync();
            await store.UpsertAsync([TestPoints.Make(20)]);
            await store.UpsertAsync([TestPoints.Make(21)]);
            await store.UpsertAsync([TestPoints.Make(22)]);
        }

        Turn(Directory.EnumerateFiles(Index, "log-*").Single(), 600); // in the second frame
        Turn(Directory.EnumerateFiles(Index, "*.joint.f32").Single(), 3 * ((24 * 4) + 4) + 9); // point 3
        Turn(Directory.EnumerateFiles(Index, "*.joint.i8").Single(), 30); // codes are made again
        await Assert.ThrowsAsync<IndexCorruptException>(() => EmbeddedVectorStore.OpenAsync(Index));
        var report = await EmbeddedStoreRepair.RunAsync(Index);
        Assert.Equal((1, 1, 0), (report.LogGaps, report.LostRecords, report.LostSegments));
        await using var repaired = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema);
        Assert.Equal(report.Points, await repaired.CountAsync());
        var found = await repaired.GetAsync([.. Enumerable.Range(0, 30).Select(TestPoints.Id)]);
        Assert.Equal(new[] { 0, 1, 3, 4, 5, 6, 7, 8, 9, 20, 22 }.Select(TestPoints.Id), found.Select(p => p.Id)); // 3 keeps its speaker vector
        VectorStoreContract.AssertSame(TestPoints.Make(22), found[^1]);
        Assert.DoesNotContain("joint", found[2].Vectors.Keys);
        Assert.True(Directory.Exists(report.DamagedFolder));
    }

    [Fact]
    public async Task Repair_TwiceInOneSecond_KeepsBothDamagedFolders()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await store.UpsertAsync(TestPoints.Many(3));
        }

        for (var i = 0; i < 3; i++)
        {
            await EmbeddedStoreRepair.RunAsync(Index, cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, Directory.GetDirectories(Path.GetDirectoryName(Index)!, "*.damaged-*").Length);
    }

    [Fact]
    public async Task Repair_DamagedListOfRemovedPoints_IsRefusedUnlessAllowed()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema))
        {
            await store.UpsertAsync(TestPoints.Many(4));
            await store.CheckpointAsync();
            await store.DeleteAsync([TestPoints.Id(2)]);
            await store.CheckpointAsync();
        }

        Turn(Directory.EnumerateFiles(Index, "dead-*").Single(), 9);
        await Assert.ThrowsAsync<IndexCorruptException>(() => EmbeddedStoreRepair.RunAsync(Index));
        Assert.Equal(4, (await EmbeddedStoreRepair.RunAsync(Index, allowRemovedPoints: true)).Points);
    }

    public void Dispose() => _folder.Dispose();

    private static void Turn(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    private static float Cosine(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(a, b);

    private bool Occurs(ReadOnlySpan<byte> bytes)
    {
        foreach (var file in Directory.EnumerateFiles(Index).Where(f => Path.GetFileName(f) != "LOCK"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            if (content.AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
