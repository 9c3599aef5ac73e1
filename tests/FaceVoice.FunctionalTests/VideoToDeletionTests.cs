using System.Text.Json;
using FaceVoice.FunctionalTests.Processes;
using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests;

/// <summary>The whole way through real processes: video → extract → train and export → serve → enrol → search → delete, by a foreign client.</summary>
public sealed class VideoToDeletionTests
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Walk_RealVideos_FindsEveryoneAndForgetsTheDeleted()
    {
        var videos = ReferenceData.Media("clips");
        using var folder = new TemporaryFolder();
        var (dataset, run, index) = (folder.File("dataset"), folder.File("run"), folder.File("index"));

        await FaceVoiceAsync("extract", videos, "--out", dataset, "--faces-per-video", "2");
        await FaceVoiceAsync(
            "train", "--data", dataset, "--encoders", RepositoryPaths.Of("models", "starter"), "--save-dir", run, "--num-epochs", "2", "--batch-size", "4");
        var evaluation = Parse((await FaceVoiceAsync("evaluate", "--model", run, "--data", dataset, "--part", "all", "--json")).Output);
        var people = evaluation.GetProperty("identities").GetInt32();
        Assert.True(people >= 2, $"{people} people");

        await using var server = await RunningServer.StartAsync(run, index, folder.File("ports.json"), _cancelled);
        var script = RepositoryPaths.Of("tests", "FaceVoice.FunctionalTests", "Clients", "enrol-search-delete.mjs");
        var walk = Parse((await ProgramRun.NodeClientAsync(script, [server.Address, dataset, videos], _cancelled)).MustEndWith(0).Output);
        AssertFound(walk, people, evaluation.GetProperty("model_id").GetString()!);
        Assert.Equal(0, await server.StopAsync(_cancelled));
        AssertNothingBiometricIn(server.Log, dataset);

        // What was acknowledged is on disk, and what was deleted stays away, for a second program too.
        var listed = (await FaceVoiceAsync("index", "list", "--index", index, "--json")).Output;
        Assert.DoesNotContain(walk.GetProperty("identities")[0].GetString()!, listed, StringComparison.Ordinal);
        Assert.Contains(walk.GetProperty("identities")[1].GetString()!, listed, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Serve_FolderWithoutModel_EndsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        var result = (await ProgramRun.FaceVoiceAsync(["serve", "--model", folder.Path, "--grpc-port", "0", "--http-port", "0"], _cancelled)).MustEndWith(1);
        Assert.Contains($"{folder.Path} is not a model folder", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    private static void AssertFound(JsonElement walk, int people, string modelId)
    {
        Assert.Equal(people, walk.GetProperty("identities").GetArrayLength());
        Assert.Equal(2 * people, walk.GetProperty("enrolled").GetProperty("samples").GetInt32());
        foreach (var identity in walk.GetProperty("identities").EnumerateArray().Select(i => i.GetString()!))
        {
            Assert.Equal(identity, walk.GetProperty("byVideo").GetProperty(identity)[0].GetProperty("identity").GetString());
            Assert.NotEqual(0, walk.GetProperty("byFace").GetProperty(identity).GetArrayLength());
        }

        Assert.InRange(walk.GetProperty("match").GetProperty("score").GetDouble(), -1, 1);
        Assert.Equal(modelId, walk.GetProperty("match").GetProperty("modelId").GetString());
        Assert.Equal(2, walk.GetProperty("removed").GetInt32());
        Assert.Equal((2 * people) - 2, walk.GetProperty("afterwards").GetProperty("samples").GetInt32());
        Assert.False(walk.GetProperty("goneStillFound").GetBoolean(), "A deleted person was still found.");
    }

    private static void AssertNothingBiometricIn(string log, string dataset)
    {
        Assert.NotEmpty(log);
        foreach (var person in Directory.EnumerateDirectories(Path.Combine(dataset, "faces")).Select(Path.GetFileName))
        {
            Assert.DoesNotContain(person!, log, StringComparison.Ordinal);
        }
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private async Task<ProgramResult> FaceVoiceAsync(params string[] arguments) => (await ProgramRun.FaceVoiceAsync(arguments, _cancelled)).MustEndWith(0);
}
