using System.Diagnostics;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>Full disks, failing flushes, and two openers.</summary>
public sealed class DiskFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();

    private string Index => _folder.Of("index");

    [Fact]
    public async Task Upsert_DiskFull_KeepsNothingAndGoesOnReading()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, _disk.Options());
        await store.UpsertAsync(TestPoints.Many(5));
        for (var room = 0; room < 400; room += 37)
        {
            _disk.Room = room;
            await Assert.ThrowsAsync<IndexFullException>(() => store.UpsertAsync(TestPoints.Many(3, start: 100)));
            Assert.Equal(5, await store.CountAsync());
            Assert.Equal(5, (await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1) })).Count);
        }

        _disk.Room = null;
        await store.UpsertAsync(TestPoints.Many(3, start: 100));
        Assert.Equal(8, await store.CountAsync());
        await store.DisposeAsync();
        await using var again = await EmbeddedVectorStore.OpenAsync(Index);
        Assert.Equal(8, await again.CountAsync());
    }

    [Fact]
    public async Task Upsert_RealFullDisk_IsTyped()
    {
        using var small = SmallDisk.TryMount(_folder.Of("small"));
        Assert.SkipWhen(small is null, "needs the right to mount a tmpfs");
        await using var store = await EmbeddedVectorStore.OpenAsync(Path.Combine(small.Path, "index"), TestPoints.Schema);
        var written = 0;
        await Assert.ThrowsAsync<IndexFullException>(async () =>
        {
            for (; ; written += 100)
            {
                await store.UpsertAsync(TestPoints.Many(100, written));
            }
        });
        Assert.Equal(written, await store.CountAsync());
        await Assert.ThrowsAsync<IndexFullException>(() => store.CheckpointAsync());
        Assert.Equal(written, await store.CountAsync());
        await store.DisposeAsync();
        await using var again = await EmbeddedVectorStore.OpenAsync(Path.Combine(small.Path, "index"));
        Assert.Equal(written, await again.CountAsync());
    }

    [Fact]
    public async Task Upsert_FlushFails_OnlyReadsUntilReopened()
    {
        await using (var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, _disk.Options()))
        {
            await store.UpsertAsync(TestPoints.Many(5));
            _disk.FailFlush = true;
            await Assert.ThrowsAsync<IndexReadOnlyException>(() => store.UpsertAsync([TestPoints.Make(9)]));
            _disk.FailFlush = false;
            await Assert.ThrowsAsync<IndexReadOnlyException>(() => store.UpsertAsync([TestPoints.Make(9)]));
            await Assert.ThrowsAsync<IndexReadOnlyException>(() => store.DeleteAsync([TestPoints.Id(1)]));
            Assert.Equal(5, await store.CountAsync());
            Assert.True((await store.GetStatsAsync()).IsReadOnly);
        }

        await using var again = await EmbeddedVectorStore.OpenAsync(Index);
        Assert.InRange(await again.CountAsync(), 5, 6); // what was being written may be there: it was never refused as absent
        await again.UpsertAsync([TestPoints.Make(9)]);
    }

    [Fact]
    public async Task Upsert_CannotCutBack_OnlyReads()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, _disk.Options());
        (_disk.Room, _disk.FailSetLength) = (10, true);
        await Assert.ThrowsAsync<IndexReadOnlyException>(() => store.UpsertAsync([TestPoints.Make(9)]));
        Assert.Equal(0, await store.CountAsync());
    }

    [Fact]
    public async Task Checkpoint_DiskFullAtEveryStep_LeavesAWholeStore()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema, _disk.Options());
        await store.UpsertAsync(TestPoints.Many(8));
        await store.CheckpointAsync();
        await store.UpsertAsync(TestPoints.Many(4, start: 6));
        await store.DeleteAsync([TestPoints.Id(0), TestPoints.Id(8)]);
        var failures = 0;
        for (var room = 0; ; room += 97)
        {
            _disk.Room = room;
            try
            {
                await store.CheckpointAsync();
                break;
            }
            catch (IndexFullException)
            {
                failures++;
            }

            Assert.Equal(8, await store.CountAsync());
            await VerifyCopyAsync(8);
        }

        Assert.True(failures > 10);
        _disk.Room = null;
        await VerifyCopyAsync(8);
        for (var room = 0; ; room += 197)
        {
            _disk.Room = room;
            try
            {
                await store.CompactAsync();
                break;
            }
            catch (IndexFullException)
            {
                await VerifyCopyAsync(8);
            }
        }

        _disk.Room = null;
        Assert.Equal(8, await store.CountAsync());
        await VerifyCopyAsync(8);
    }

    [Fact]
    public async Task Open_Twice_IsRefused()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema);
        await Assert.ThrowsAsync<IndexLockedException>(() => EmbeddedVectorStore.OpenAsync(Index));
    }

    [Fact]
    public async Task Open_HeldByAnotherProcess_IsRefused()
    {
        await (await EmbeddedVectorStore.OpenAsync(Index, TestPoints.Schema)).DisposeAsync();
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock(1)");
        using var holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", Path.Combine(Index, "LOCK"), "sh", "-c", "echo held; exec sleep 60"]) { RedirectStandardOutput = true })!;
        await holder.StandardOutput.ReadLineAsync();
        await Assert.ThrowsAsync<IndexLockedException>(() => EmbeddedVectorStore.OpenAsync(Index));
        holder.Kill();
        await holder.WaitForExitAsync();
        await (await EmbeddedVectorStore.OpenAsync(Index)).DisposeAsync();
    }

    [Fact]
    public async Task Open_NothingThere_IsNotFound() => await Assert.ThrowsAsync<IndexNotFoundException>(() => EmbeddedVectorStore.OpenAsync(Index));

    public void Dispose() => _folder.Dispose();

    private async Task VerifyCopyAsync(int points)
    {
        // A copy of the folder is what a crash at this moment would leave.
        var copy = _folder.Of("copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(Index).Where(f => Path.GetFileName(f) != "LOCK"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await using (var store = await EmbeddedVectorStore.OpenAsync(copy))
        {
            Assert.Equal(points, await store.CountAsync());
            Assert.Equal(points, (await store.GetAsync([.. Enumerable.Range(0, 12).Select(TestPoints.Id)])).Count);
        }

        Directory.Delete(copy, recursive: true);
    }
}
