using System.Diagnostics;
using FaceVoice.Cli.Commands.Index;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Tests.Index;

/// <summary>The index commands on real folders: what they leave there, and their exit codes.</summary>
[Collection("console")] // what these commands print must not end up in what another test reads
public sealed class IndexCommandTests : IDisposable
{
    private static readonly IndexSchema Schema = new("model-a", new Dictionary<string, int> { [VectorName.Joint] = 8 });
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-cli-index-").FullName;

    private string Index => Path.Combine(_folder, "index");

    [Fact]
    public async Task RemoveCompactRekeyExportImport_OnOneIndex_KeepWhatShouldStay()
    {
        await MakeAsync(12);
        Assert.Equal(0, Run("index", "list", "--index", Index, "--json", "--filter", "age>=3"));
        Assert.Equal(0, Run("index", "search", "--index", Index, "--like", "p1", "--json"));
        Assert.Equal(0, Run("index", "remove", "--index", Index, "--identity", "person-1"));
        Assert.Equal(0, Run("index", "compact", "--index", Index, "--prove"));
        var key = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(key, StoreKey.Generate().ToBase64());
        Assert.Equal(0, Run("index", "rekey", "--index", Index, "--new-key-file", key, "--new-template-key-file", key));
        Assert.Equal(1, Run("index", "stats", "--index", Index));
        Assert.Equal(0, Run("index", "stats", "--index", Index, "--key-file", key, "--template-key-file", key));
        var file = Path.Combine(_folder, "points.jsonl");
        Assert.Equal(0, Run("index", "export", file, "--index", Index, "--key-file", key, "--template-key-file", key));
        Assert.Equal(0, Run("index", "import", file, "--index", Path.Combine(_folder, "second")));
        await using var second = await EmbeddedVectorStore.OpenAsync(Path.Combine(_folder, "second"), Schema);
        Assert.Equal(8, await second.CountAsync());
    }

    [Fact]
    public async Task ExportAndImport_ThroughAPipe_MoveThePoints()
    {
        await MakeAsync(12);
        var program = Path.Combine(AppContext.BaseDirectory, "facevoice.dll");
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "set -e; dotnet \"$1\" index export - --index \"$2\" | dotnet \"$1\" index import - --index \"$3\"", "sh", program, Index, Path.Combine(_folder, "piped")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, await errors);
        Assert.Contains("\"imported\":12", output, StringComparison.Ordinal);
        await using var piped = await EmbeddedVectorStore.OpenAsync(Path.Combine(_folder, "piped"), Schema);
        Assert.Equal(12, await piped.CountAsync());
    }

    [Fact]
    public async Task Import_ExportWithoutItsEndLine_IsRefusedAndMakesNoPoints()
    {
        await MakeAsync(12);
        var file = Path.Combine(_folder, "points.jsonl");
        Assert.Equal(0, Run("index", "export", file, "--index", Index));
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(file, lines[..^1], TestContext.Current.CancellationToken);
        var cut = ConsoleRun.Of("index", "import", file, "--index", Path.Combine(_folder, "second"));
        Assert.Equal((1, ""), (cut.ExitCode, cut.Output));
        Assert.Contains("is not whole", cut.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "second"))); // nor an index without any

        lines[2] = lines[1];
        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
        var twice = ConsoleRun.Of("index", "import", file, "--index", Path.Combine(_folder, "second"));
        Assert.Contains("\"imported\":12,\"duplicates\":1", twice.Output, StringComparison.Ordinal);
        Assert.Contains("1 of its 12 points have the id of an earlier one, and replaced it: p", twice.Error, StringComparison.Ordinal);
        await using var second = await EmbeddedVectorStore.OpenAsync(Path.Combine(_folder, "second"), Schema);
        Assert.Equal(11, await second.CountAsync());
    }

    [Fact]
    public async Task Repair_DamagedIndex_MakesItOpenAgain()
    {
        await MakeAsync(12);
        var log = Directory.EnumerateFiles(Index, "log-*").Single();
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);
        Assert.Equal(1, Run("index", "stats", "--index", Index));
        Assert.Equal(0, Run("index", "repair", "--index", Index));
        Assert.Equal(0, Run("index", "stats", "--index", Index));
    }

    [Theory]
    [InlineData("index", "stats", "--index", "http://localhost:6334")]
    [InlineData("index", "stats", "--index", "http://localhost:6333/c")]
    [InlineData("index", "stats", "--index", "http://localhost:6334/c", "--key-file", "key")]
    [InlineData("index", "compact", "--index", "http://localhost:6334/c")]
    [InlineData("index", "remove", "--index", "somewhere")]
    [InlineData("index", "search", "--index", "somewhere", "--face", "a", "--voice", "b")]
    [InlineData("index", "list")]
    [InlineData("index", "add", "people", "--index", "somewhere", "--keyfile", "key")]
    public void Run_ArgumentsThatMakeNoSense_IsWrongUsage(params string[] arguments) => Assert.Equal(2, Run(arguments));

    [Theory]
    [InlineData("facevoice index stats: ", "index", "stats", "--index", "http://localhost:6333/c")]
    [InlineData("facevoice index stats: ", "index", "stats", "--index", "/nowhere/at/all")]
    [InlineData("facevoice index add: ", "index", "add", "people", "--index", "x", "--no-such-option")]
    [InlineData("facevoice index add: ", "index", "add", "people")]
    [InlineData("facevoice embed voice: ", "embed", "voice")]
    [InlineData("facevoice: ", "no-such-command")]
    public void Run_Fails_ErrorCarriesTheWholeCommandName(string start, params string[] arguments) =>
        Assert.StartsWith(start, ConsoleRun.Of(arguments).Error, StringComparison.Ordinal);

    [Fact]
    public void Stats_NothingThere_Fails() => Assert.Equal(1, Run("index", "stats", "--index", Index));

    [Theory]
    [InlineData("tags=vip", typeof(KeywordFilter))]
    [InlineData("tags!=vip", typeof(BooleanFilter))]
    [InlineData("age>=3.5", typeof(NumberFilter))]
    [InlineData("seen<2026-01-01", typeof(TimeFilter))]
    public void Filter_Text_BecomesCondition(string text, Type expected) => Assert.IsType(expected, PointFilterOptions.Parse(text));

    [Theory]
    [InlineData("=x")]
    [InlineData("nothing")]
    [InlineData("age<old")]
    [InlineData("lang==it")]
    [InlineData("lang!==it")]
    public void Filter_NoCondition_IsWrongUsage(string text) => Assert.Throws<UsageException>(() => PointFilterOptions.Parse(text));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Run(params string[] arguments) => CommandLineApplication.Run(arguments);

    private async Task MakeAsync(int count)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(Index, Schema);
        for (var i = 0; i < count; i++)
        {
            await store.UpsertAsync([new IndexPoint
            {
                Id = $"p{i}",
                Identity = $"person-{i % 3}",
                Modality = PointModality.Voice,
                Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorName.Joint] = new float[] { 1, i, i * i, 1, 2, 3, 4, i % 5 } },
                Payload = new Dictionary<string, PayloadValue> { ["age"] = PayloadValue.FromNumber(i) },
            }]);
        }
    }
}
