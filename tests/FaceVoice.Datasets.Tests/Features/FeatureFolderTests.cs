using FaceVoice.Datasets.Features;
using FaceVoice.Models;

namespace FaceVoice.Datasets.Tests.Features;

public sealed class FeatureFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_EmptyFolder_SaysWhatIsNeeded() =>
        Assert.Contains(
            "faces.npy", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_IdentitiesFile_PairsRowByRow()
    {
        Write(rows: 3);
        File.WriteAllLines(Path.Combine(_folder, "identities.txt"), ["anna", "bert", "anna"]);
        var set = FeatureFolder.Load(_folder);
        Assert.Equal(["anna", "bert"], set.Identities.Select(person => person.Name));
        Assert.Equal([0, 1, 0], set.Samples.ToArray().Select(sample => sample.Identity));
    }

    [Fact]
    public void Load_SampleOutsideTheArrays_IsRefused()
    {
        Write(rows: 2);
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), """{"id":"a","identity":"p","face":[5,1],"voice":[0,1]}""");
        Assert.Contains(
            "outside", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("""{"id":"a"}""")]
    [InlineData("""{"id":"a","identity":"p","split":"later","face":[0,1],"voice":[0,1]}""")]
    public void Load_BrokenLine_NamesIt(string line)
    {
        Write(rows: 2);
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), line);
        Assert.Contains("line 1", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedArray_IsRefused()
    {
        Write(rows: 2);
        File.WriteAllBytes(Path.Combine(_folder, "faces.npy"), [1, 2, 3]);
        Assert.Throws<ModelFormatException>(() => FeatureFolder.Load(_folder));
    }

    private void Write(int rows)
    {
        NpyFile.Write(Path.Combine(_folder, "faces.npy"), [rows, 4], new float[rows * 4]);
        NpyFile.Write(Path.Combine(_folder, "voices.npy"), [rows, 3], new float[rows * 3]);
    }
}
