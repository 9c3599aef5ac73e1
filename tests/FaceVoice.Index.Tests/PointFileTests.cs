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
            Assert.Equal(new ImportReport(1203, 0), await PointFile.ImportAsync(qdrant, Points));
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
        Assert.Equal(new ImportReport(600, 0), await PointFile.ImportAsync(target, Points, resume: true));
        Assert.Equal(1100, await target.CountAsync());
        Assert.False(File.Exists(Points + ".imported"));
    }

    [Fact]
    public async Task Import_CutAnywhere_IsRefusedBeforeAnythingIsWritten()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(1100));
        await PointFile.ExportAsync(store, Points);
        var whole = await File.ReadAllBytesAsync(Points);
        var lines = await File.ReadAllLinesAsync(Points);
        await using var target = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), TestPoints.Schema);
        for (var part = 1; part < 10; part++)
        {
            await File.WriteAllBytesAsync(Points, whole[..(int)(whole.Length * (long)part / 10)]);
            await AssertNotWholeAsync(target);
        }

        foreach (var end in new[] { 3, 501, 502, 503, lines.Length - 1 }) // at line ends, marks among them
        {
            await File.WriteAllLinesAsync(Points, lines[..end]);
            await AssertNotWholeAsync(target);
        }

        Assert.Equal(0, await target.CountAsync());
        await File.WriteAllBytesAsync(Points, whole[..^1]); // only the last line feed is missing
        Assert.Equal(new ImportReport(1100, 0), await PointFile.ImportAsync(target, Points));
    }

    [Fact]
    public async Task Import_LinesAddedOrTakenOut_IsTold()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(20));
        await PointFile.ExportAsync(store, Points);
        var lines = await File.ReadAllLinesAsync(Points);
        await File.WriteAllLinesAsync(Points, lines[..5].Concat(lines[6..]));
        await using var target = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), TestPoints.Schema);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PointFile.ImportAsync(target, Points));
        Assert.Contains("has 19 points, and its end line says 20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SameIdTwice_IsCountedAndNamed()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(20));
        await PointFile.ExportAsync(store, Points);
        var lines = await File.ReadAllLinesAsync(Points);
        (lines[7], lines[9]) = (lines[3], lines[3]);
        await File.WriteAllLinesAsync(Points, lines);
        await using var target = await EmbeddedVectorStore.OpenAsync(_folder.Of("b"), TestPoints.Schema);
        var report = await PointFile.ImportAsync(target, Points);
        Assert.Equal((20, 2), (report.Points, report.Duplicates));
        Assert.Contains($"\"id\":\"{Assert.Single(report.DuplicateIds)}\"", lines[3], StringComparison.Ordinal);
        Assert.Equal(18, await target.CountAsync());
    }

    [Theory]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{\"id\":\"a\"}", "no \"modality\"")]
    [InlineData("{\"id\":\"a\",\"modality\":\"smell\",\"vectors\":{}}", "neither face nor voice")]
    [InlineData("{\"id\":\"a\",\"modality\":\"face\",\"vectors\":{\"joint\":\"AAA\"}}", "not base64")]
    [InlineData("{\"id\":\"a\",\"modality\":\"face\",\"vectors\":{\"joint\":\"AAAA\"}}", "3 bytes")]
    [InlineData("{\"id\":\"a\",\"modality\":\"face\",\"vectors\":{},\"payload\":{\"x\":{}}}", "field 'x' is neither")]
    [InlineData("{\"id\":7,\"modality\":\"face\",\"vectors\":{}}", "not of the kind")]
    public async Task Import_LineThatIsNoPoint_SaysWhatIsWrong(string line, string words)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(_folder.Of("a"), TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(3));
        await PointFile.ExportAsync(store, Points);
        var lines = await File.ReadAllLinesAsync(Points);
        lines[2] = line;
        await File.WriteAllLinesAsync(Points, lines);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PointFile.ImportAsync(store, Points));
        Assert.StartsWith("Line 3 is not a point: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
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

    private async Task AssertNotWholeAsync(IVectorStore target)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PointFile.ImportAsync(target, Points));
        Assert.Contains("not whole", error.Message, StringComparison.Ordinal);
    }
}
