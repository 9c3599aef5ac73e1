using FaceVoice.Testing;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>
/// Folders and exports that an earlier version wrote (Fixtures/Format1): a segment with removed and replaced points, graphs, and a log that was not moved to a
/// segment yet, as a process leaves it that is killed; once plain, once encrypted with rotated vectors.
/// </summary>
public sealed class EarlierFormatTests : IDisposable
{
    private static readonly string Fixtures = RepositoryPaths.Of("tests", "FaceVoice.Index.Tests", "Fixtures", "Format1");
    private readonly TemporaryFolder _folder = new();
    private readonly StoreKey _encryption = Key(1), _template = Key(100);

    [Theory]
    [InlineData("plain")]
    [InlineData("secret")]
    public async Task Open_FolderOfAnEarlierVersion_HasItsPointsModelAndGraphs(string kind)
    {
        var path = Copy(kind);
        var options = new EmbeddedStoreOptions
        {
            GraphMinPoints = 20,
            EncryptionKey = kind == "secret" ? _encryption : null,
            TemplateKey = kind == "secret" ? _template : null,
        };
        await using (var store = await EmbeddedVectorStore.OpenAsync(path, TestPoints.Schema, options))
        {
            Assert.Equal("model-a", store.Schema.ModelId);
            await AssertPointsAsync(store);
            Assert.True((await store.GetStatsAsync()).GraphPoints!["joint"] >= 42);
            await store.UpsertAsync([TestPoints.Make(200)]);
            await store.CompactAsync();
        }

        await using var again = await EmbeddedVectorStore.OpenAsync(path, TestPoints.Schema, options);
        await again.DeleteAsync([TestPoints.Id(200)]);
        await AssertPointsAsync(again);
    }

    [Fact]
    public async Task Import_ExportOfAnEarlierVersion_HasItsPoints()
    {
        File.Copy(Path.Combine(Fixtures, "points.jsonl"), _folder.Of("points.jsonl"));
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("i"), await PointFile.ReadSchemaAsync(_folder.Of("points.jsonl")));
        Assert.Equal(new ImportReport(12, 0), await PointFile.ImportAsync(store, _folder.Of("points.jsonl")));
        VectorStoreContract.AssertSame(TestPoints.Make(11), Assert.Single(await store.GetAsync([TestPoints.Id(11)])));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _encryption.Dispose();
        _template.Dispose();
    }

    /// <summary>0 to 39 without 3, 4, 5 and 9; 7 and 8 replaced; 100 to 104 without 101.</summary>
    private static async Task AssertPointsAsync(EmbeddedVectorStore store)
    {
        var expected = Enumerable.Range(0, 40).Except([3, 4, 5, 9]).Select(n => TestPoints.Make(n, n is 7 or 8 ? 1 : 0)).Concat(new[] { 100, 102, 103, 104 }.Select(n => TestPoints.Make(n))).ToList();
        Assert.Equal(expected.Count, await store.CountAsync());
        var found = await store.GetAsync([.. expected.Select(p => p.Id)]);
        Assert.Equal(expected.Count, found.Count);
        foreach (var (point, kept) in expected.Zip(found))
        {
            VectorStoreContract.AssertSame(point, kept);
        }

        var query = TestPoints.Unit(TestPoints.SpeakerSize, 5);
        var hits = await store.SearchAsync(new SearchRequest { VectorName = VectorName.Speaker, Vector = query, Limit = 5, Exact = true });
        Assert.Equal(TestPoints.Expect(expected, VectorName.Speaker, query, 5).Select(e => e.Id), hits.Select(h => h.Id));
        Assert.Equal(expected.Count(p => p.Identity == "person-2"), await store.CountAsync(IndexFilter.OfIdentity("person-2")));
    }

    private static StoreKey Key(byte first) => new([.. Enumerable.Range(0, 32).Select(i => (byte)(first + i))]);

    private string Copy(string kind)
    {
        var path = _folder.Of(kind);
        Directory.CreateDirectory(path);
        foreach (var file in Directory.GetFiles(Path.Combine(Fixtures, kind)))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        return path;
    }
}
