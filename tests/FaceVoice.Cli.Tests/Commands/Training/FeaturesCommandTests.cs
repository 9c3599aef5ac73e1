using FaceVoice.Datasets.Features;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Training;

/// <summary><c>features</c> on faces and voices that are drawn here: what it writes is what <c>train --features</c> reads.</summary>
[Collection("console")]
public sealed class FeaturesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Features_TwoPeople_AreDescriptorsOfTheNetworkThatWasNamed()
    {
        foreach (var (name, round) in new[] { ("anna_1", 0), ("ben_1", 1) })
        {
            Directory.CreateDirectory(_folder.File("faces"));
            Directory.CreateDirectory(_folder.File("voices"));
            File.WriteAllBytes(_folder.File("faces", name + ".jpg"), DrawnFace.Jpeg(round));
            File.WriteAllBytes(_folder.File("voices", name + ".wav"), SyntheticVowels.Wav(round));
        }

        var run = ConsoleRun.Of(
            "features", "--image-folder", _folder.File("faces"), "--audio-folder", _folder.File("voices"), "--cache", _folder.File("cache"),
            "--encoders", RepositoryPaths.Of("models", "starter"), "--face-network", "faceres", "--out", _folder.File("out"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("2 samples of 2 people", run.Output, StringComparison.Ordinal);
        var set = FeatureFolder.Load(_folder.File("out"));
        Assert.Equal(["anna", "ben"], set.Identities.Select(person => person.Name));
        Assert.Equal((1024, 256), (set.Faces.Dimension, set.Voices.Dimension));
    }

    [Fact]
    public void Features_OfFeatures_IsWrongUsage()
    {
        var run = ConsoleRun.Of("features", "--features", _folder.Path, "--out", _folder.File("out"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("features that are there already", run.Error, StringComparison.Ordinal);
    }
}
