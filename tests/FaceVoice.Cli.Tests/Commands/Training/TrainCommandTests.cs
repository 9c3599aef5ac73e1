using System.Diagnostics;
using System.Text.Json.Nodes;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Training;

/// <summary>Training and evaluation as somebody types them, on synthetic features.</summary>
[Collection("console")]
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_AllPeopleOfARun_WarnsThatMostWereTrainedOn()
    {
        Synthesize(identities: 60);
        Assert.Equal(0, Train("run", "--num_epochs", "2").ExitCode);

        Assert.DoesNotContain("WARNING", ConsoleRun.Of("evaluate", "--model", At("run")).Output, StringComparison.Ordinal);
        var all = ConsoleRun.Of("evaluate", "--model", At("run"), "--part", "all", "--report", At("all.html"));
        Assert.Contains("WARNING: 48 of 60 people are in the model's training part", all.Output, StringComparison.Ordinal);
        Assert.Contains("WARNING: 48 of 60", File.ReadAllText(At("all.html")), StringComparison.Ordinal);

        // The bundle inside a run knows its run; anywhere else nobody can tell.
        var bundle = ConsoleRun.Of("evaluate", "--model", At("run/model"), "--features", At("features"), "--part", "all", "--json");
        Assert.Equal(48, (int)JsonNode.Parse(bundle.Output)!["people_of_training"]!);
        Directory.Move(At("run/model"), At("elsewhere"));
        Assert.Contains("not known whom the model was trained on", ConsoleRun.Of("evaluate", "--model", At("elsewhere"), "--features", At("features")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ConfigFileAndOptions_OptionsGoFirst()
    {
        Synthesize(identities: 60);
        File.WriteAllText(At("settings.json"), """{"batch_size": 32, "num_epochs": 5, "weight_decay": 0.02, "temperature": 0.1}""");
        Assert.Equal(0, Train("run", "--config", At("settings.json"), "--num_epochs", "1", "--grad_clip_norm", "2", "--learning_rate", "0.002", "--test_size", "0.2", "--tensorboard_dir", At("events")).ExitCode);
        var options = JsonNode.Parse(File.ReadAllText(At("run/config.json")))!["options"]!;
        Assert.Equal((32, 1, 0.02, 0.1, 2, 0.002, 0.2), (
            (int)options["batch_size"]!, (int)options["num_epochs"]!, (double)options["weight_decay"]!, (double)options["temperature"]!,
            (int)options["grad_clip_norm"]!, (double)options["learning_rate"]!, (double)options["test_size"]!));
        Assert.NotEmpty(Directory.GetFiles(At("events")));
    }

    [Fact]
    public async Task Train_CtrlC_SavesSaysHowToGoOnAndEndsWith130()
    {
        Synthesize(identities: 60);
        string[] arguments = ["train", "--features", At("features"), "--save-dir", At("run"), "--num-epochs", "100000", "--early-stopping-patience", "0", "--chance-patience", "0"];
        // A shell that runs the tests in the background has its children ignore Ctrl-C; env undoes that.
        string[] command = ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "facevoice.dll"), .. arguments];
        using var run = Process.Start(new ProcessStartInfo("env", command) { RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var end = patience.Token.Register(() => run.Kill(entireProcessTree: true)); // deaf to Ctrl-C, it would train for days
        while (await run.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("epoch 3:", StringComparison.Ordinal))
        {
        }

        using var kill = Process.Start("kill", ["-INT", run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var rest = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("facevoice train --resume " + At("run"), rest, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FewSamples_ShowsNoNaN()
    {
        Synthesize(identities: 12);
        var run = Train("run", "--num_epochs", "2");
        Assert.DoesNotContain("NaN", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_EmptyFolder_FailsWithTheReason()
    {
        Directory.CreateDirectory(At("empty"));
        foreach (var source in new[] { "--features", "--data" })
        {
            var run = ConsoleRun.Of("train", source, At("empty"), "--save-dir", At("run" + source));
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(At("empty"), run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Before a folder is made or a file is read: the data that are named do not even exist.</summary>
    [Theory]
    [InlineData("train", "--features", "--save-dir")]
    [InlineData("speaker train", "--data", "--out")]
    public void Train_DeviceThatIsNotThere_IsWrongUsageInOneLine(string command, string data, string folder)
    {
        var run = ConsoleRun.Of([.. command.Split(' '), data, At("nothing"), folder, At("run"), "--device", "cuda:99"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("There is no device cuda:99", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(At("run")));
    }

    /// <summary>A folder of another version, or a damaged one.</summary>
    [Theory]
    [InlineData(null, "config.json")]
    [InlineData("{", "JSON")]
    [InlineData("{}", "no \"options\"")]
    [InlineData("""{"options": {"warp_factor": 9}, "data": {}}""", "warp_factor")]
    public void Train_ResumeOfSettingsItDoesNotKnow_SaysWhatToDo(string? config, string reason)
    {
        Directory.CreateDirectory(At("run/checkpoints"));
        File.WriteAllText(At("run/log.jsonl"), "");
        if (config is not null)
        {
            File.WriteAllText(At("run/config.json"), config);
        }

        var run = ConsoleRun.Of("train", "--resume", At("run"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Contains("Start anew in another folder (--save-dir)", run.Error, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private ConsoleRun Train(string run, params string[] more) => ConsoleRun.Of(["train", "--features", At("features"), "--save_dir", At(run), "--seed", "1", .. more]);

    private void Synthesize(int identities) => Assert.Equal(0, ConsoleRun.Of(
        "synth", "features", "--preset", "easy", "--identities", identities.ToString(System.Globalization.CultureInfo.InvariantCulture), "--samples", "2",
        "--out", At("features")).ExitCode);
}
