using System.Globalization;

namespace FaceVoice.Index.Tests.Embedded.Search;

/// <summary>Searches over enough points that scans cross pieces of memory, filters are sparse and dense, and the graph is walked.</summary>
public sealed class LargeSearchTests : IAsyncLifetime
{
    private const int Points = 20_000;
    private const int Size = 64;
    private readonly TemporaryFolder _folder = new();
    private readonly List<IndexPoint> _points = [.. Enumerable.Range(0, Points).Select(Make)];
    private EmbeddedVectorStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        var schema = new IndexSchema("large", new Dictionary<string, int> { ["joint"] = Size });
        _store = await EmbeddedVectorStore.OpenAsync(_folder.Of("index"), schema, new EmbeddedStoreOptions { GraphMinPoints = 8000, CheckpointBytes = 2 << 20 });
        foreach (var part in _points.Chunk(1000))
        {
            await _store.UpsertAsync(part);
        }
    }

    [Fact]
    public async Task Search_Exact_HasRecallOne()
    {
        for (var q = 0; q < 20; q++)
        {
            var query = Near(q * 997, q);
            var hits = await _store.SearchAsync(new SearchRequest { Vector = query, Exact = true });
            Assert.Equal(TestPoints.Expect(_points, "joint", query, 10).Select(e => e.Id), hits.Select(h => h.Id));
        }
    }

    [Fact]
    public async Task Search_ExactWithFilters_AgreesWithPlainLoop()
    {
        foreach (var (key, value) in new[] { ("half", "0"), ("hundredth", "7"), ("identity", "person-3") })
        {
            var query = Near(3, 5);
            var hits = await _store.SearchAsync(new SearchRequest { Vector = query, Limit = 30, Exact = true, Filter = IndexFilter.Match(key, value) });
            var passing = _points.Where(p => key == "identity" ? p.Identity == value : p.Payload[key].Keywords[0] == value);
            Assert.Equal(TestPoints.Expect(passing, "joint", query, 30).Select(e => e.Id), hits.Select(h => h.Id));
        }
    }

    [Fact]
    public async Task Search_Graph_FindsNearlyAllAndRespectsFilterAndDeletion()
    {
        await _store.GraphsReadyAsync(TestContext.Current.CancellationToken);
        Assert.True((await _store.GetStatsAsync()).GraphPoints!["joint"] >= 8000);
        var deleted = _points.Where((_, i) => i % 4 == 1).Select(p => p.Id).ToHashSet();
        Assert.Equal(deleted.Count, await _store.DeleteAsync([.. deleted]));
        var (found, asked) = (0, 0);
        for (var q = 0; q < 50; q++)
        {
            var query = Near(q * 401, q);
            var filter = q % 2 == 0 ? null : IndexFilter.Match("half", "0");
            var hits = await _store.SearchAsync(new SearchRequest { Vector = query, Filter = filter });
            var expected = TestPoints.Expect(_points.Where(p => !deleted.Contains(p.Id) && (filter is null || p.Payload["half"].Keywords[0] == "0")), "joint", query, 10);
            Assert.DoesNotContain(hits, h => deleted.Contains(h.Id));
            Assert.All(hits, h => Assert.True(filter is null || h.Payload["half"].Keywords[0] == "0"));
            Assert.Equal(hits.Count, hits.Select(h => h.Id).Distinct().Count());
            found += expected.Count(e => hits.Any(h => h.Id == e.Id));
            asked += expected.Count;
        }

        Assert.InRange(found / (double)asked, 0.97, 1);
    }

    [Fact]
    public async Task Search_BatchOfExact_EqualsSingleSearches()
    {
        var requests = Enumerable.Range(0, 9).Select(q => new SearchRequest { Vector = Near(q, q), Exact = true, Filter = q % 3 == 0 ? IndexFilter.Match("hundredth", "5") : null }).ToList();
        var answers = await _store.SearchAsync(requests);
        for (var q = 0; q < requests.Count; q++)
        {
            Assert.Equal((await _store.SearchAsync(requests[q])).Select(h => (h.Id, h.Score)), answers[q].Select(h => (h.Id, h.Score)));
        }
    }

    [Fact]
    public async Task Read_WhileWriting_SeesWholeBatches()
    {
        // Ten points change together again and again; a reader must always see ten of one version.
        using var stop = new CancellationTokenSource();
        var filter = IndexFilter.Match("group", "moving");
        await _store.UpsertAsync(Moving(0));
        var writer = Task.Run(async () =>
        {
            for (var version = 1; !stop.IsCancellationRequested; version++)
            {
                await _store.UpsertAsync(Moving(version));
                if (version % 40 == 0)
                {
                    await (version % 80 == 0 ? _store.CompactAsync() : _store.CheckpointAsync());
                }
            }
        });
        for (var i = 0; i < 400; i++)
        {
            var hits = await _store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(Size, i), Limit = 50, Filter = filter });
            Assert.Equal(10, hits.Count);
            Assert.Single(hits.Select(h => h.Payload["version"].Number).Distinct());
            Assert.Equal(10, (await _store.ScrollAsync(new ScrollRequest { Filter = filter })).Points.Count);
            Assert.Equal(Points + 10, await _store.CountAsync());
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task Open_AfterClosing_LoadsGraphAndFindsTheSame()
    {
        await _store.GraphsReadyAsync(TestContext.Current.CancellationToken);
        await _store.CheckpointAsync();
        await _store.UpsertAsync([Make(Points)]);
        await _store.CheckpointAsync();
        var request = new SearchRequest { Vector = Near(11, 1) };
        var before = await _store.SearchAsync(request);
        await _store.DisposeAsync();
        _store = await EmbeddedVectorStore.OpenAsync(_folder.Of("index"), null, new EmbeddedStoreOptions { GraphMinPoints = 8000 });
        Assert.True((await _store.GetStatsAsync()).GraphPoints!["joint"] >= Points);
        Assert.Equal(before.Select(h => (h.Id, h.Score)), (await _store.SearchAsync(request)).Select(h => (h.Id, h.Score)));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static List<IndexPoint> Moving(int version) => [.. Enumerable.Range(0, 10).Select(i => new IndexPoint
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"moving-{i}"),
        Modality = PointModality.Face,
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = TestPoints.Unit(Size, (version * 10) + i) },
        Payload = new Dictionary<string, PayloadValue> { ["group"] = PayloadValue.FromKeywords("moving"), ["version"] = PayloadValue.FromNumber(version) },
    })];

    private static IndexPoint Make(int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"p{number}"),
        Identity = string.Create(CultureInfo.InvariantCulture, $"person-{number % 1000}"),
        Modality = PointModality.Voice,
        Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = Near(number, number + 1_000_000) },
        Payload = new Dictionary<string, PayloadValue>
        {
            ["half"] = PayloadValue.FromKeywords((number / 3 % 2).ToString(CultureInfo.InvariantCulture)),
            ["hundredth"] = PayloadValue.FromKeywords((number % 100).ToString(CultureInfo.InvariantCulture)),
        },
    };

    /// <summary>A vector near the centre of one of 1,000 identities.</summary>
    private static float[] Near(int number, int seed)
    {
        var (centre, noise) = (TestPoints.Unit(Size, number % 1000), TestPoints.Unit(Size, seed));
        var vector = new float[Size];
        for (var i = 0; i < Size; i++)
        {
            vector[i] = centre[i] + (0.8f * noise[i]);
        }

        var norm = System.Numerics.Tensors.TensorPrimitives.Norm<float>(vector);
        System.Numerics.Tensors.TensorPrimitives.Divide(vector, norm, vector);
        return vector;
    }
}
