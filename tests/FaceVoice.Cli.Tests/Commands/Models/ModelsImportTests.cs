using System.Text.Json.Nodes;
using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Models;

/// <summary><c>models import</c>, from the command line to a folder that embeds.</summary>
[Collection("console")]
public sealed class ModelsImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_TensorFlowJs_MakesABundleThatGivesTheDescriptor()
    {
        var run = ConsoleRun.Of("models", "import", FaceModels.Descriptor, "--kind", "face", "--out", _folder.File("faceres"), "--licence", "MIT");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var spec = ModelBundle.Open(_folder.File("faceres")).Manifest.Encoders.Face!;
        Assert.Equal(("global_pooling/Mean", 1024, 224), (spec.Output, spec.Dimension, spec.Preprocessing.ImageSize));
        var card = File.ReadAllText(_folder.File("faceres", ModelBundle.ModelCardFile));
        Assert.Contains(FaceModels.DescriptorSpec.Sha256, card, StringComparison.Ordinal);
        Assert.Contains("HSE_FaceRec_tf", card, StringComparison.Ordinal);

        var verified = ConsoleRun.Of("models", "verify", _folder.File("faceres"));
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        var photo = RepositoryPaths.Of("third_party", "test-photos", "admin-lte", "user1-128x128.jpg");
        Assert.SkipUnless(File.Exists(photo), "needs the photos of npm admin-lte: tools/test-photos fetches them");
        var embedded = ConsoleRun.Of("embed", "face", photo, "--space", "face", "--model", _folder.File("faceres"));
        Assert.Equal(1024, JsonNode.Parse(embedded.Output)!["embedding"]!.AsArray().Count);
    }

    [Fact]
    public void Import_Onnx_TakesWhatIsSaidOfIt()
    {
        var run = ConsoleRun.Of(
            "models", "import", FaceModels.Encoder, "--kind", "face", "--out", _folder.File("plugin"), "--channel-order", "bgr", "--mean", "127", "--scale", "128");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var spec = ModelBundle.Open(_folder.File("plugin")).Manifest.Encoders.Face!;
        Assert.Equal(FaceModels.EncoderSpec.Sha256, spec.Sha256);
        Assert.Equal(("bgr", 127, 128), (spec.Preprocessing.ChannelOrder, spec.Preprocessing.Mean, spec.Preprocessing.Scale));
    }

    [Fact]
    public void Import_WhatIsNoFaceNetwork_SaysWhatItHas()
    {
        var landmarks = ConsoleRun.Of("models", "import", FaceModels.Landmarks, "--kind", "face", "--out", _folder.File("a"));
        Assert.Equal(2, landmarks.ExitCode);
        Assert.Contains("it has input float32 [1, 1, 64, 64]", landmarks.Error, StringComparison.Ordinal);
        var other = ConsoleRun.Of("models", "import", FaceModels.Descriptor, "--kind", "face", "--out", _folder.File("b"), "--output-name", "nothing");
        Assert.Contains("no output with a vector named 'nothing'", other.Error, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("note.txt"), "mine");
        var full = ConsoleRun.Of("models", "import", FaceModels.Descriptor, "--kind", "face", "--out", _folder.Path);
        Assert.Contains("is not empty", full.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }
}
