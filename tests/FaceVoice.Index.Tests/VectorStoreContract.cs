namespace FaceVoice.Index.Tests;

/// <summary>What every vector store promises; each store's tests inherit it.</summary>
public abstract class VectorStoreContract
{
    private const float Tolerance = 2e-6f; // float32 sums of 24 to 40 products in another order

    /// <summary>Opens the test's one store, making it the first time.</summary>
    protected abstract Task<IVectorStore> OpenAsync(IndexSchema schema);

    /// <summary>Whether a set that is inserted is never left in part.</summary>
    protected virtual bool WritesAllOrNothing => true;

    [Fact]
    public async Task Get_AfterUpsert_ReturnsWholePointsInOrder()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(10));
        var found = await store.GetAsync([TestPoints.Id(7), "nobody", TestPoints.Id(2)]);
        Assert.Equal([TestPoints.Id(7), TestPoints.Id(2)], found.Select(p => p.Id));
        AssertSame(TestPoints.Make(7), found[0]);
        AssertSame(TestPoints.Make(2), found[1]);
    }

    [Fact]
    public async Task Upsert_SameId_ReplacesWhole()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync([TestPoints.Make(1), TestPoints.Make(2)]);
        var face = new IndexPoint { Id = TestPoints.Id(1), Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = TestPoints.Unit(24, 5) } };
        await store.UpsertAsync([face]);
        AssertSame(face, Assert.Single(await store.GetAsync([face.Id])));
        Assert.Equal(2, await store.CountAsync());
        Assert.Equal(0, await store.CountAsync(IndexFilter.All(IndexFilter.HasId(face.Id), IndexFilter.OfModality(PointModality.Voice))));
        Assert.Empty(await store.SearchAsync(new SearchRequest { VectorName = "speaker", Vector = TestPoints.Unit(40, 1) }));
    }

    [Fact]
    public async Task Upsert_SameIdTwiceInOneCall_LaterWins()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync([TestPoints.Make(3, version: 1), TestPoints.Make(3, version: 2)]);
        AssertSame(TestPoints.Make(3, version: 2), Assert.Single(await store.GetAsync([TestPoints.Id(3)])));
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Upsert_VectorOfAnyLength_IsKeptAsUnitVector()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        float[] large = [.. TestPoints.Unit(24, 1).Select(v => v * 1e20f)];
        float[] small = [.. TestPoints.Unit(24, 1).Select(v => v * 1e-20f)];
        await store.UpsertAsync([WithJoint("large", large), WithJoint("small", small)]);
        foreach (var point in await store.GetAsync(["large", "small"]))
        {
            AssertClose(TestPoints.Unit(24, 1), point.Vectors["joint"].Span);
        }
    }

    [Fact]
    public async Task Upsert_BadPoint_KeepsNothingOfTheCall()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        foreach (var bad in BadPoints())
        {
            await Assert.ThrowsAsync<InvalidPointException>(() => store.UpsertAsync([TestPoints.Make(1), bad]));
        }

        Assert.Equal(0, await store.CountAsync());
    }

    [Fact]
    public async Task Insert_SamePointsAgain_ChangesNothing()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.InsertAsync(TestPoints.Many(3), ["absent"]);
        float[] rounded = [.. TestPoints.Make(0).Vectors["joint"].ToArray().Select(v => v * 1.000001f)];
        var again = TestPoints.Many(3);
        again[0] = new IndexPoint
        {
            Id = again[0].Id,
            Identity = again[0].Identity,
            Modality = again[0].Modality,
            Payload = again[0].Payload,
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = rounded },
        };
        await store.InsertAsync(again, ["absent"]);
        Assert.Equal(3, await store.CountAsync());
        AssertSame(TestPoints.Make(1), Assert.Single(await store.GetAsync([TestPoints.Id(1)])));
        await store.InsertAsync([], []);
    }

    [Fact]
    public async Task Insert_AnotherPointOfTheId_IsRefusedAndChangesNothing()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.InsertAsync([TestPoints.Make(1), TestPoints.Make(2)], []);
        var error = await Assert.ThrowsAsync<PointExistsException>(() => store.InsertAsync([TestPoints.Make(1), TestPoints.Make(2, version: 1), TestPoints.Make(3)], []));
        Assert.Equal(TestPoints.Id(2), error.Id);
        Assert.Equal(2, await store.CountAsync());
        AssertSame(TestPoints.Make(2), Assert.Single(await store.GetAsync([TestPoints.Id(2)])));
    }

    [Fact]
    public async Task Insert_IdThatMustBeAbsentIsThere_IsRefused()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.InsertAsync([TestPoints.Make(1), TestPoints.Make(2)], []);
        await Assert.ThrowsAsync<PointExistsException>(() => store.InsertAsync([TestPoints.Make(1)], [TestPoints.Id(2)]));
        Assert.Equal(2, await store.CountAsync());
    }

    [Fact]
    public async Task Insert_PartIsThere_IsRefusedOrCompleted()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync([TestPoints.Make(1)]);
        var insert = () => store.InsertAsync(TestPoints.Many(4), []);
        if (WritesAllOrNothing)
        {
            await Assert.ThrowsAsync<PointExistsException>(insert);
        }
        else
        {
            await insert();
        }

        Assert.Equal(WritesAllOrNothing ? 1 : 4, await store.CountAsync());
    }

    [Fact]
    public async Task Insert_BadPoints_KeepNothing()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await Assert.ThrowsAsync<InvalidPointException>(() => store.InsertAsync([TestPoints.Make(1), TestPoints.Make(1)], []));
        await Assert.ThrowsAsync<InvalidPointException>(() => store.InsertAsync([TestPoints.Make(1), WithJoint("a", new float[24])], []));
        Assert.Equal(0, await store.CountAsync());
    }

    [Fact]
    public async Task Insert_DifferentSetsAtOnce_KeepsOneOfThemWhole()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        for (var round = 0; round < 5; round++)
        {
            var first = round * 3;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(version => Task.Run(async () =>
            {
                try
                {
                    await store.InsertAsync([.. Enumerable.Range(first, 3).Select(n => TestPoints.Make(n, version))], []);
                    return version;
                }
                catch (PointExistsException)
                {
                    return -1;
                }
            })));
            var kept = Assert.Single(outcomes, version => version >= 0);
            foreach (var point in await store.GetAsync([.. Enumerable.Range(first, 3).Select(TestPoints.Id)]))
            {
                Assert.Equal(kept, point.Payload["version"].Number);
            }
        }

        Assert.Equal(15, await store.CountAsync());
    }

    [Fact]
    public async Task Insert_SameSetAtOnce_SucceedsEverywhereAndKeepsOne()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => store.InsertAsync(TestPoints.Many(3), []))));
        Assert.Equal(3, await store.CountAsync());
    }

    [Fact]
    public async Task Filter_OnAFieldOfAnotherKind_IsRefused()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(6));
        IndexFilter[] impossible =
        [
            new NumberFilter("tags") { AtLeast = 3 },
            new TimeFilter("age") { From = TestPoints.Moment(1) },
            IndexFilter.Match("age", "3"),
            IndexFilter.All(IndexFilter.OfModality(PointModality.Face), IndexFilter.Match("seen", "2026")),
            new NumberFilter("identity") { AtLeast = 3 },
            IndexFilter.Match("point_id", TestPoints.Id(1)),
        ];
        foreach (var filter in impossible)
        {
            await Assert.ThrowsAsync<InvalidRequestException>(() => store.CountAsync(filter));
            await Assert.ThrowsAsync<InvalidRequestException>(() => store.DeleteAsync(filter));
            await Assert.ThrowsAsync<InvalidRequestException>(() => store.ScrollAsync(new ScrollRequest { Filter = filter }));
            await Assert.ThrowsAsync<InvalidRequestException>(() => store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1), Filter = filter }));
        }

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => store.CountAsync(impossible[0]));
        Assert.Contains("'tags' holds keywords", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, await store.CountAsync());
    }

    [Fact]
    public async Task Search_WithoutFilter_IsExactAndBestFirst()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        var points = TestPoints.Many(300);
        await store.UpsertAsync(points);
        foreach (var name in new[] { "joint", "speaker" })
        {
            var query = TestPoints.Unit(TestPoints.Schema.Dimensions[name], 99);
            var hits = await store.SearchAsync(new SearchRequest { VectorName = name, Vector = query, Limit = 25, Exact = true });
            var expected = TestPoints.Expect(points, name, query, 25);
            Assert.Equal(expected.Select(e => e.Id), hits.Select(h => h.Id));
            Assert.All(expected.Zip(hits), pair => Assert.Equal(pair.First.Score, pair.Second.Score, Tolerance));
        }
    }

    [Fact]
    public async Task Search_Hits_CarryPointWithoutVectors()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(20));
        var point = TestPoints.Make(9);
        var hit = Assert.Single(await store.SearchAsync(new SearchRequest { Vector = point.Vectors["joint"], Limit = 1 }));
        Assert.Equal((point.Id, point.Identity, point.Modality), (hit.Id, hit.Identity, hit.Modality));
        Assert.Equal(1f, hit.Score, Tolerance);
        AssertSamePayload(point.Payload, hit.Payload);
    }

    [Fact]
    public async Task Search_Threshold_IsLowerBound()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        var points = TestPoints.Many(200);
        await store.UpsertAsync(points);
        var query = TestPoints.Unit(24, 123);
        var expected = TestPoints.Expect(points, "joint", query, 200).Where(e => e.Score >= 0.2f).Select(e => e.Id);
        var hits = await store.SearchAsync(new SearchRequest { Vector = query, Limit = 200, ScoreThreshold = 0.2f, Exact = true });
        Assert.Equal(expected, hits.Select(h => h.Id));
    }

    [Fact]
    public async Task Search_EveryFilter_AgreesWithPlainLoop()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        var points = TestPoints.Many(120);
        await store.UpsertAsync(points);
        var query = TestPoints.Unit(24, 77);
        foreach (var (filter, passes) in Filters())
        {
            var expected = TestPoints.Expect(points.Where(passes), "joint", query, 120).Select(e => e.Id).ToList();
            var hits = await store.SearchAsync(new SearchRequest { Vector = query, Limit = 120, Filter = filter, Exact = true });
            Assert.Equal(expected, hits.Select(h => h.Id));
            Assert.Equal(expected.Count, await store.CountAsync(filter));
        }
    }

    [Fact]
    public async Task Search_Batch_AnswersInOrder()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        var points = TestPoints.Many(50);
        await store.UpsertAsync(points);
        List<SearchRequest> requests =
        [
            new() { Vector = TestPoints.Unit(24, 1), Limit = 3 },
            new() { VectorName = "speaker", Vector = TestPoints.Unit(40, 2), Limit = 5 },
            new() { Vector = TestPoints.Unit(24, 3), Limit = 2, Filter = IndexFilter.OfModality(PointModality.Face) },
            new() { Vector = TestPoints.Unit(24, 4), Limit = 4, ScoreThreshold = 0.99f },
        ];
        var answers = await store.SearchAsync(requests);
        Assert.Equal([3, 5, 2, 0], answers.Select(a => a.Count));
        for (var i = 0; i < requests.Count; i++)
        {
            Assert.Equal((await store.SearchAsync(requests[i])).Select(h => h.Id), answers[i].Select(h => h.Id));
        }
    }

    [Fact]
    public async Task Search_BadRequest_SaysSo()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        SearchRequest[] bad =
        [
            new() { Vector = new float[24] },
            new() { Vector = TestPoints.Unit(23, 1) },
            new() { Vector = Enumerable.Repeat(float.NaN, 24).ToArray() },
            new() { VectorName = "no", Vector = TestPoints.Unit(24, 1) },
            new() { Vector = TestPoints.Unit(24, 1), Limit = 0 },
            new() { Vector = TestPoints.Unit(24, 1), Limit = SearchRequest.MaxLimit + 1 },
            new() { Vector = TestPoints.Unit(24, 1), ScoreThreshold = float.NaN },
            new() { Vector = TestPoints.Unit(24, 1), Filter = IndexFilter.Match("a.b", "c") },
        ];
        foreach (var request in bad)
        {
            await Assert.ThrowsAsync<InvalidRequestException>(() => store.SearchAsync(request));
        }
    }

    [Fact]
    public async Task Delete_ById_RemovesEverywhere()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(10));
        Assert.Equal(2, await store.DeleteAsync([TestPoints.Id(4), "nobody", TestPoints.Id(5)]));
        Assert.Equal(0, await store.DeleteAsync([TestPoints.Id(4)]));
        Assert.Empty(await store.GetAsync([TestPoints.Id(4), TestPoints.Id(5)]));
        Assert.Equal(8, await store.CountAsync());
        var hits = await store.SearchAsync(new SearchRequest { Vector = TestPoints.Make(4).Vectors["joint"], Limit = 10 });
        Assert.DoesNotContain(TestPoints.Id(4), hits.Select(h => h.Id));
        await store.UpsertAsync([TestPoints.Make(4, version: 3)]);
        AssertSame(TestPoints.Make(4, version: 3), Assert.Single(await store.GetAsync([TestPoints.Id(4)])));
    }

    [Fact]
    public async Task Delete_ByFilter_RemovesWhatPasses()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(60));
        var expected = Enumerable.Range(0, 60).Count(n => n % 7 != 0 && n % 5 == 2);
        Assert.Equal(expected, await store.DeleteAsync(IndexFilter.OfIdentity("person-2")));
        Assert.Equal(60 - expected, await store.CountAsync());
        Assert.Equal(0, await store.CountAsync(IndexFilter.OfIdentity("person-2")));
    }

    [Fact]
    public async Task Scroll_Pages_GiveEveryPointOnce()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(57));
        await store.DeleteAsync([TestPoints.Id(11)]);
        var seen = new List<IndexPoint>();
        string? cursor = null;
        do
        {
            var page = await store.ScrollAsync(new ScrollRequest { Limit = 10, Cursor = cursor, WithVectors = true });
            Assert.True(page.Points.Count <= 10);
            seen.AddRange(page.Points);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 57).Where(n => n != 11).Select(TestPoints.Id).Order(), seen.Select(p => p.Id).Order());
        AssertSame(TestPoints.Make(33), seen.Single(p => p.Id == TestPoints.Id(33)));
        var faces = await store.ScrollAsync(new ScrollRequest { Filter = IndexFilter.OfModality(PointModality.Face) });
        Assert.Equal(29, faces.Points.Count);
        Assert.All(faces.Points, p => Assert.Empty(p.Vectors));
        Assert.Null(faces.NextCursor);
    }

    [Fact]
    public async Task Scroll_ForeignCursor_IsRefused()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await Assert.ThrowsAsync<InvalidRequestException>(() => store.ScrollAsync(new ScrollRequest { Cursor = "not a cursor" }));
    }

    [Fact]
    public async Task Stats_AfterWrites_CountPoints()
    {
        await using var store = await OpenAsync(TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(9));
        var stats = await store.GetStatsAsync();
        Assert.Equal(9, stats.Points);
        Assert.Equal(TestPoints.Schema, stats.Schema);
    }

    [Fact]
    public async Task Open_Again_KeepsPoints()
    {
        await using (var store = await OpenAsync(TestPoints.Schema))
        {
            await store.UpsertAsync(TestPoints.Many(12));
            await store.DeleteAsync([TestPoints.Id(3)]);
        }

        await using var again = await OpenAsync(TestPoints.Schema);
        Assert.Equal(11, await again.CountAsync());
        AssertSame(TestPoints.Make(8), Assert.Single(await again.GetAsync([TestPoints.Id(8)])));
    }

    [Fact]
    public async Task Open_OtherModel_NamesBoth()
    {
        await (await OpenAsync(TestPoints.Schema)).DisposeAsync();
        var other = new IndexSchema("model-b", TestPoints.Schema.Dimensions);
        var error = await Assert.ThrowsAsync<SchemaMismatchException>(() => OpenAsync(other));
        Assert.Contains("model-a", error.Message, StringComparison.Ordinal);
        Assert.Contains("model-b", error.Message, StringComparison.Ordinal);
        var larger = new IndexSchema("model-a", new Dictionary<string, int> { ["joint"] = 25, ["speaker"] = 40 });
        error = await Assert.ThrowsAsync<SchemaMismatchException>(() => OpenAsync(larger));
        Assert.Contains("joint 24", error.Message, StringComparison.Ordinal);
        Assert.Contains("joint 25", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposed_AnyCall_Throws()
    {
        var store = await OpenAsync(TestPoints.Schema);
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.CountAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.UpsertAsync([TestPoints.Make(1)]));
    }

    internal static void AssertSame(IndexPoint expected, IndexPoint actual)
    {
        Assert.Equal((expected.Id, expected.Identity, expected.Modality), (actual.Id, actual.Identity, actual.Modality));
        AssertSamePayload(expected.Payload, actual.Payload);
        Assert.Equal(expected.Vectors.Keys.Order(), actual.Vectors.Keys.Order());
        foreach (var (name, vector) in expected.Vectors)
        {
            AssertClose(vector.Span, actual.Vectors[name].Span);
        }
    }

    private static void AssertSamePayload(IReadOnlyDictionary<string, PayloadValue> expected, IReadOnlyDictionary<string, PayloadValue> actual) =>
        Assert.Equal(expected.OrderBy(f => f.Key), actual.OrderBy(f => f.Key));

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    private static IndexPoint WithJoint(string id, float[] vector) =>
        new() { Id = id, Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = vector } };

    private static IEnumerable<IndexPoint> BadPoints()
    {
        var good = TestPoints.Unit(24, 1);
        yield return WithJoint(string.Empty, good);
        yield return WithJoint(new string('x', 257), good);
        yield return WithJoint("\ud800", good);
        yield return WithJoint("a", new float[24]);
        yield return new IndexPoint { Id = "a", Identity = " \t", Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = good } };
        yield return WithJoint("a", TestPoints.Unit(25, 1));
        yield return WithJoint("a", [float.PositiveInfinity, .. new float[23]]);
        yield return new IndexPoint { Id = "a", Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>>() };
        yield return new IndexPoint { Id = "a", Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["other"] = good } };
        yield return new IndexPoint { Id = "a", Modality = (PointModality)7, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = good } };
        foreach (var key in new[] { "identity", "modality", "point_id", "a.b", string.Empty })
        {
            yield return new IndexPoint
            {
                Id = "a",
                Modality = PointModality.Face,
                Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = good },
                Payload = new Dictionary<string, PayloadValue> { [key] = PayloadValue.FromNumber(1) },
            };
        }
    }

    private static IEnumerable<(IndexFilter Filter, Func<IndexPoint, bool> Passes)> Filters()
    {
        var voice = IndexFilter.OfModality(PointModality.Voice);
        var vip = IndexFilter.Match("tags", "vip");
        static bool Is(IndexPoint p, string tag) => p.Payload["tags"].Keywords.Contains(tag);
        static double Age(IndexPoint p) => p.Payload["age"].Number;
        static DateTimeOffset Seen(IndexPoint p) => p.Payload["seen"].Time;
        yield return (voice, p => p.Modality == PointModality.Voice);
        yield return (IndexFilter.OfIdentity("person-3"), p => p.Identity == "person-3");
        yield return (IndexFilter.Match("identity", "person-3", "person-4", "nobody"), p => p.Identity is "person-3" or "person-4");
        yield return (IndexFilter.Except("identity", "person-3"), p => p.Identity is not null and not "person-3");
        yield return (IndexFilter.Not(IndexFilter.OfIdentity("person-3")), p => p.Identity != "person-3");
        yield return (IndexFilter.Except("tags", "vip"), p => p.Payload["tags"].Keywords.Any(t => t != "vip"));
        yield return (IndexFilter.Match("nothing", "x"), _ => false);
        yield return (IndexFilter.All(voice, vip), p => p.Modality == PointModality.Voice && Is(p, "vip"));
        yield return (IndexFilter.Any(voice, vip), p => p.Modality == PointModality.Voice || Is(p, "vip"));
        yield return (IndexFilter.All(), _ => true);
        yield return (new BooleanFilter { Must = [voice], Should = [vip, IndexFilter.OfIdentity("person-1")], MustNot = [IndexFilter.OfIdentity("person-4")] },
            p => p.Modality == PointModality.Voice && (Is(p, "vip") || p.Identity == "person-1") && p.Identity != "person-4");
        yield return (new NumberFilter("age") { AtLeast = 20.5, LessThan = 40.5 }, p => Age(p) >= 20.5 && Age(p) < 40.5);
        yield return (new NumberFilter("age") { GreaterThan = 20.5, AtMost = 40.5 }, p => Age(p) > 20.5 && Age(p) <= 40.5);
        yield return (new TimeFilter("seen") { From = TestPoints.Moment(30), Before = TestPoints.Moment(60) }, p => Seen(p) >= TestPoints.Moment(30) && Seen(p) < TestPoints.Moment(60));
        yield return (new TimeFilter("seen") { After = TestPoints.Moment(30), Until = TestPoints.Moment(60) }, p => Seen(p) > TestPoints.Moment(30) && Seen(p) <= TestPoints.Moment(60));
        yield return (IndexFilter.HasId(TestPoints.Id(3), "nobody", TestPoints.Id(50)), p => p.Id == TestPoints.Id(3) || p.Id == TestPoints.Id(50));
        yield return (IndexFilter.Not(IndexFilter.All(voice, IndexFilter.Any(vip, IndexFilter.HasId(TestPoints.Id(5))))),
            p => !(p.Modality == PointModality.Voice && (Is(p, "vip") || p.Id == TestPoints.Id(5))));
    }
}
