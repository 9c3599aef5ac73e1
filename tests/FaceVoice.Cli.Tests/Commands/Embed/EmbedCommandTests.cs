using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Models;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Embed;

/// <summary>Embedding, matching and checking through the command line, on real media.</summary>
[Collection("console")]
public sealed class EmbedCommandTests
{
    [Fact]
    public void EmbedFace_Portrait_WritesOneJsonLine()
    {
        var portrait = Portrait();
        var (exitCode, output, _) = ConsoleRun.Of("embed", "face", portrait, "--space", "face");
        Assert.Equal(0, exitCode);
        var line = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(portrait, line.GetProperty("file").GetString());
        Assert.Equal("face", line.GetProperty("space").GetString());
        Assert.Equal(512, line.GetProperty("embedding").GetArrayLength());
        Assert.Equal(64, line.GetProperty("model_id").GetString()!.Length);
        Assert.True(line.GetProperty("quality").GetProperty("size_pixels").GetDouble() > 50);
    }

    [Fact]
    public void EmbedFace_Npy_HasOneRowAFile()
    {
        using var folder = new TemporaryFolder();
        var portrait = Portrait();
        Assert.Equal(0, ConsoleRun.Of("embed", "face", portrait, "--space", "face", "--format", "npy", "--out", folder.File("one.npy")).ExitCode);
        Assert.Equal(0, ConsoleRun.Of("embed", "face", portrait, portrait, "--space", "face", "--format", "npy", "--out", folder.File("two.npy")).ExitCode);
        Assert.Equal([512], NpyFile.Read(folder.File("one.npy")).Shape);
        Assert.Equal([2, 512], NpyFile.Read(folder.File("two.npy")).Shape);
    }

    [Fact]
    public void EmbedFace_OneFileBroken_NamesItAndDoesTheRest()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("broken.jpg"), "no picture");
        var (exitCode, output, error) = ConsoleRun.Of("embed", "face", folder.File("broken.jpg"), Portrait(), "--space", "face");
        Assert.Equal(1, exitCode);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("broken.jpg", error, StringComparison.Ordinal);
    }

    [Fact]
    public void EmbedFace_NpyOfAFolderWithBadEntries_HoldsTheGoodRowsAndTheirNames()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.jpg"), DrawnFace.Jpeg(0));
        File.WriteAllText(folder.File("b.jpg"), "no image");
        File.WriteAllBytes(folder.File("c.jpg"), DrawnFace.Jpeg(1));
        File.CreateSymbolicLink(folder.File("d.jpg"), "nowhere.jpg");
        using var results = new TemporaryFolder();
        var run = ConsoleRun.Of("embed", "face", folder.Path, "--space", "face", "--format", "npy", "--out", results.File("faces.npy"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("b.jpg: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("d.jpg: the link leads nowhere", run.Error, StringComparison.Ordinal);
        Assert.Equal([folder.File("a.jpg"), folder.File("c.jpg")], File.ReadAllLines(results.File("faces.names.txt")));
        var rows = NpyFile.Read(results.File("faces.npy"));
        Assert.Equal([2, 512], rows.Shape);
        var second = Assert.Single(ConsoleRun.Of("embed", "face", folder.File("c.jpg"), "--space", "face").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var expected = JsonDocument.Parse(second).RootElement.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        Assert.Equal(expected, rows.Floats.Span[512..].ToArray());
    }

    [Fact]
    public void EmbedFace_NpyOfNothingGood_WritesNothingAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("b.jpg"), "no image");
        var run = ConsoleRun.Of("embed", "face", folder.File("b.jpg"), "--space", "face", "--format", "npy", "--out", folder.File("faces.npy"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nothing was written", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("faces.npy")));
    }

    [Theory]
    [InlineData("embed", "face", "-", "--space", "face", "--out", "-")]
    [InlineData("match", "-", "voice.wav", "--json")]
    [InlineData("index", "search", "--face", "-", "--index", "people", "--json")]
    public async Task StandardInput_AFaceThroughAPipe_IsTakenAsAFile(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("voice.wav"), SyntheticVowels.Wav(0));
        if (arguments[0] == "index")
        {
            Assert.Equal(0, ConsoleRun.Of("index", "add", folder.File("voice.wav"), "--accept-poor", "--index", folder.File("people")).ExitCode);
        }

        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "facevoice.dll"), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["FACEVOICE_MODEL"] = "" },
        })!;
        process.StandardInput.BaseStream.Write(DrawnFace.Jpeg(0));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        using var answer = JsonDocument.Parse(output);
        Assert.True(answer.RootElement.TryGetProperty(arguments[0] == "embed" ? "embedding" : "score", out _));
    }

    [Fact]
    public void EmbedVoice_AudioTrack_TakesItOrSaysHowManyThereAre()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.wav"), SyntheticVowels.Wav(0));
        File.WriteAllBytes(folder.File("b.wav"), SyntheticVowels.Wav(1));
        using (var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-i", folder.File("a.wav"), "-i", folder.File("b.wav"), "-map", "0", "-map", "1", "-c", "copy", folder.File("two.mkv")]))
        {
            ffmpeg.WaitForExit();
        }

        foreach (var (track, file) in new[] { ("1", "a.wav"), ("2", "b.wav") })
        {
            Assert.Equal(Vector(folder.File(file)), Vector(folder.File("two.mkv"), "--audio-track", track));
        }

        var third = ConsoleRun.Of("embed", "voice", folder.File("two.mkv"), "--space", "speaker", "--audio-track", "3");
        Assert.Equal(1, third.ExitCode);
        Assert.Contains("3", third.Error, StringComparison.Ordinal);
        Assert.Contains("2", third.Error, StringComparison.Ordinal);

        static float[] Vector(string file, params string[] options)
        {
            var run = ConsoleRun.Of(["embed", "voice", file, "--space", "speaker", .. options]);
            Assert.True(run.ExitCode == 0, run.Error);
            return [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
        }
    }

    [Fact]
    public void EmbedVoice_CutOff_WarnsOrWithStrictRefuses()
    {
        using var folder = new TemporaryFolder();
        var wav = SyntheticVowels.Wav(0);
        File.WriteAllBytes(folder.File("cut.wav"), wav[..(wav.Length * 3 / 4)]);
        var taken = ConsoleRun.Of("embed", "voice", folder.File("cut.wav"), "--space", "speaker");
        Assert.Equal(0, taken.ExitCode);
        Assert.Contains("facevoice embed voice: ", taken.Error, StringComparison.Ordinal);
        Assert.Contains("cut off", taken.Error, StringComparison.Ordinal);
        var refused = ConsoleRun.Of("embed", "voice", folder.File("cut.wav"), "--space", "speaker", "--strict");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("cut off", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("match", "-", "-")]
    [InlineData("embed", "voice", "-", "-")]
    public void StandardInput_NamedTwice_IsWrongUsage(params string[] arguments) => Assert.Equal(2, ConsoleRun.Of(arguments).ExitCode);

    [Fact]
    public void Match_UnknownModel_IsWrongUsage()
    {
        var (exitCode, _, error) = ConsoleRun.Of("match", "face.jpg", "voice.wav", "--model", "/nowhere/model");
        Assert.Equal(2, exitCode);
        Assert.Contains("/nowhere/model", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_Json_TellsOfEveryPart()
    {
        var (_, output, _) = ConsoleRun.Of("doctor", "--json");
        var names = JsonDocument.Parse(output).RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ToHashSet();
        Assert.Superset(new HashSet<string?> { "system", "processor", "memory", "ffmpeg", "onnxruntime", "libtorch", "gpu", "fr_detect", "silero_vad_v5", "model bundle" }, names);
    }

    private static string Portrait() => Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).First();
}
