using System.Text.Json.Nodes;
using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Testing.Models;

namespace FaceVoice.Cli.Tests.Commands.Speaker;

/// <summary><c>speaker import</c> and <c>speaker export</c>, from the command line to the folder on disk.</summary>
[Collection("console")]
public sealed class SpeakerImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("xvector", "embedding_model.ckpt", 512)]
    [InlineData("ecapa", "embedding_model.ckpt", 192)]
    [InlineData("ecapa", "embedding_model.safetensors", 192)]
    public void Import_ReferenceWeights_MakesABundle(string architecture, string file, int dimension)
    {
        var run = ConsoleRun.Of("speaker", "import", ReferenceData.Golden(architecture, file), "--arch", architecture, "--out", _folder.File("model"), "--licence", "Apache-2.0", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var answer = JsonNode.Parse(run.Output)!;
        var bundle = ModelBundle.Open(_folder.File("model"));
        Assert.Equal(bundle.ModelId, (string)answer["model_id"]!);
        Assert.Equal(dimension, bundle.Manifest.Dimensions.Speaker);
        Assert.Equal("Apache-2.0", bundle.Manifest.Licences[0].Licence);
        Assert.True(File.Exists(_folder.File("model", ModelBundle.ModelCardFile)));
    }

    [Fact]
    public void Import_CheckpointAndSafetensors_GiveTheSameModel()
    {
        Assert.Equal(0, ConsoleRun.Of("speaker", "import", ReferenceData.Golden("ecapa", "embedding_model.ckpt"), "--arch", "ecapa", "--out", _folder.File("a")).ExitCode);
        Assert.Equal(0, ConsoleRun.Of("speaker", "import", ReferenceData.Golden("ecapa", "embedding_model.safetensors"), "--arch", "ecapa", "--out", _folder.File("b")).ExitCode);
        Assert.Equal(ModelBundle.Open(_folder.File("a")).ModelId, ModelBundle.Open(_folder.File("b")).ModelId);
    }

    [Fact]
    public void Import_OtherArchitecture_NamesTensorsAndLeavesNothing()
    {
        var run = ConsoleRun.Of("speaker", "import", ReferenceData.Golden("ecapa", "embedding_model.ckpt"), "--arch", "xvector", "--out", _folder.File("model"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing: blocks.0.conv.weight", run.Error);
        Assert.Contains("surplus: ", run.Error);
        Assert.False(Directory.Exists(_folder.File("model")));
    }

    [Fact]
    public void Import_FolderWithFiles_IsLeftAlone()
    {
        File.WriteAllText(_folder.File("note.txt"), "mine");
        var run = ConsoleRun.Of("speaker", "import", ReferenceData.Golden("ecapa", "embedding_model.ckpt"), "--arch", "ecapa", "--out", _folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not an empty folder", run.Error);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Import_UnknownArchitecture_IsWrongUsage() =>
        Assert.Equal(2, ConsoleRun.Of("speaker", "import", "x.ckpt", "--arch", "wavlm", "--out", _folder.File("model")).ExitCode);

    [Fact]
    public void Import_NoSuchFile_SaysSo()
    {
        var run = ConsoleRun.Of("speaker", "import", _folder.File("nothing.ckpt"), "--arch", "ecapa", "--out", _folder.File("model"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nothing.ckpt", run.Error);
    }

    [Fact]
    public void Export_RunFolder_MakesABundle()
    {
        Directory.CreateDirectory(_folder.File("run"));
        new SafeTensorsFile(RandomWeights.XVector(1, 24, [8, 8, 8, 8, 12], 6).Values).Write(_folder.File("run", "speaker.safetensors"));

        var run = ConsoleRun.Of("speaker", "export", _folder.File("run"), "--out", _folder.File("model"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("xvector", ModelBundle.Open(_folder.File("model")).Manifest.Encoders.Speaker!.Architecture);
    }

    [Fact]
    public void Export_RunWithoutWeights_SaysSo()
    {
        var run = ConsoleRun.Of("speaker", "export", _folder.Path, "--out", _folder.File("model"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("speaker.safetensors", run.Error);
    }
}
