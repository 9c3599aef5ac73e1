using FaceVoice.Index.Embedded;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>When graphs count as ready.</summary>
public sealed class GraphMaintainerTests
{
    [Fact]
    public async Task CaughtUp_AfterEachWake_NeverEndsBeforeALookHasBegunAndEnded()
    {
        using var state = new StoreState(TestPoints.Schema, new VectorSpace(TestPoints.Schema, null));
        var looks = 0;
        var maintainer = new GraphMaintainer(
            () =>
            {
                Interlocked.Increment(ref looks);
                Assert.True(state.TryLease());
                return state;
            },
            new EmbeddedStoreOptions());
        for (var i = 0; i < 30_000; i++)
        {
            var before = Volatile.Read(ref looks);
            maintainer.Wake();
            await maintainer.CaughtUpAsync(TestContext.Current.CancellationToken);
            Assert.True(Volatile.Read(ref looks) > before, $"round {i}: ready, and nothing had been looked at");
        }

        await maintainer.DisposeAsync();
    }

    [Fact]
    public async Task CaughtUp_WokenDuringALook_WaitsForTheNext()
    {
        using var state = new StoreState(TestPoints.Schema, new VectorSpace(TestPoints.Schema, null));
        using var begun = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var maintainer = new GraphMaintainer(
            () =>
            {
                begun.Release();
                mayEnd.Wait();
                Assert.True(state.TryLease());
                return state;
            },
            new EmbeddedStoreOptions());
        maintainer.Wake();
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        maintainer.Wake();
        var ready = maintainer.CaughtUpAsync(TestContext.Current.CancellationToken);
        mayEnd.Release();
        await begun.WaitAsync(TestContext.Current.CancellationToken); // the first look has ended, the second has begun
        Assert.False(ready.IsCompleted);
        mayEnd.Release();
        await ready;
        await maintainer.DisposeAsync();
    }

    [Fact]
    public async Task GraphsReady_AfterAnUpsert_GraphHasEveryVector()
    {
        for (var round = 0; round < 20; round++)
        {
            using var folder = new TemporaryFolder();
            await using var store = await EmbeddedVectorStore.OpenAsync(folder.Of("i"), TestPoints.Schema, new EmbeddedStoreOptions { GraphMinPoints = 50 });
            await store.UpsertAsync(TestPoints.Many(100));
            await store.GraphsReadyAsync(TestContext.Current.CancellationToken);
            Assert.Equal(100, (await store.GetStatsAsync()).GraphPoints!["joint"]);
        }
    }
}
