using System.Text.Json;
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
