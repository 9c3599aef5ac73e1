using FaceVoice.Testing.Qdrant;

namespace FaceVoice.Index.Tests;

/// <summary>Export and import, cut short and between the two kinds of store.</summary>
public sealed class PointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Points => _folder.Of("points.jsonl");

    [Fact]
    public async Task ExportImport_EmbeddedToQdrantAndBack_KeepsEverything()
    {
        await using var server = await QdrantDouble.StartAsync();
        await using (var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema))
        {
            await store.UpsertAsync(TestPoints.Many(1203));
            Assert.Equal(1203, await PointFile.ExportAsync(store, Points));
        }

        await using (var qdrant = await QdrantVectorStore.OpenAsync(server.Address, "c", await PointFile.ReadSchemaAsync(Points)))
        {
            Assert.Equal(1203, await PointFile.ImportAsync(qdrant, Points));
            Assert.Equal(1203, await PointFile.ExportAsync(qdrant, _folder.Of("back.jsonl")));
        }

        await using var back = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), TestPoints.Schema);
        await PointFile.ImportAsync(back, _folder.Of("back.jsonl"));
        Assert.Equal(1203, await back.CountAsync());
        VectorStoreContract.AssertSame(TestPoints.Make(777), Assert.Single(await back.GetAsync([TestPoints.Id(777)])));
    }

    [Fact]
    public async Task Export_CutAnywhere_IsContinuedToTheSameFile()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(1100));
        await PointFile.ExportAsync(store, Points);
        var whole = await File.ReadAllBytesAsync(Points);
        for (var part = 0; part <= 10; part++)
        {
            await File.WriteAllBytesAsync(Points, whole[..(int)(whole.Length * (long)part / 10)]);
            Assert.Equal(1100, await PointFile.ExportAsync(store, Points, resume: true));
            Assert.Equal(whole, await File.ReadAllBytesAsync(Points));
        }
    }

    [Fact]
    public async Task Import_DamagedLine_SaysWhichAndResumesBehindWhatIsStored()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(1100));
        await PointFile.ExportAsync(store, Points);
        var lines = await File.ReadAllLinesAsync(Points);
        var good = lines[700];
        lines[700] = good[..50];
        await File.WriteAllLinesAsync(Points, lines);
        await using var target = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), TestPoints.Schema);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PointFile.ImportAsync(target, Points));
        Assert.Contains("Line 701 ", error.Message, StringComparison.Ordinal);
        Assert.Equal(500, await target.CountAsync());
        lines[700] = good;
        await File.WriteAllLinesAsync(Points, lines);
        Assert.Equal(600, await PointFile.ImportAsync(target, Points, resume: true));
        Assert.Equal(1100, await target.CountAsync());
        Assert.False(File.Exists(Points + ".imported"));
    }

    [Fact]
    public async Task Import_OtherModel_IsRefused()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await PointFile.ExportAsync(store, Points);
        await using var other = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), new IndexSchema("model-b", TestPoints.Schema.Dimensions));
        await Assert.ThrowsAsync<SchemaMismatchException>(() => PointFile.ImportAsync(other, Points));
    }

    public void Dispose() => _folder.Dispose();
}
