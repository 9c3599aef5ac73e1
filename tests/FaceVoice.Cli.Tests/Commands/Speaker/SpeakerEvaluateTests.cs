using System.Text.Json;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Speaker;

/// <summary>Which encoder is evaluated, and what becomes of recordings that cannot be used.</summary>
[Collection("console")]
public sealed class SpeakerEvaluateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_ModelByName_EvaluatesItAndNamesWhatIsLeftOut()
    {
        for (var person = 0; person < 2; person++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "data", $"s{person}")).FullName;
            for (var recording = 0; recording < 2; recording++)
            {
                File.WriteAllBytes(Path.Combine(folder, $"{recording}.wav"), SyntheticVowels.Wav((50 * person) + recording));
            }

            File.WriteAllText(Path.Combine(folder, "text.wav"), "no audio");
            File.CreateSymbolicLink(Path.Combine(folder, "gone.wav"), "nowhere.wav");
        }

        var run = ConsoleRun.Of(
            "speaker", "evaluate", "--model", "starter", "--data", Path.Combine(_folder.Path, "data"), "--replicates", "2", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(run.Output).RootElement.ValueKind);
        Assert.Contains("s0/text.wav: The media is text", run.Error, StringComparison.Ordinal);
        Assert.Contains("s1/gone.wav: the link leads nowhere", run.Error, StringComparison.Ordinal);
    }
}
