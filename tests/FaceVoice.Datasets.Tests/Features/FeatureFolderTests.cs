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
    [InlineData("nonsense", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"id":"a"}""", "needs an \"id\" and an \"identity\"")]
    [InlineData("""{"id":1,"identity":"p","face":[0,1],"voice":[0,1]}""", "\"id\" is 1; a text is needed")]
    [InlineData("""{"id":"a","identity":"p","voice":[0,1]}""", "\"face\" is missing; [first row, number of rows] in faces.npy is needed")]
    [InlineData("""{"id":"a","identity":"p","face":[0,1],"voice":["0"]}""", "\"voice\" is [\"0\"]; [first row, number of rows] in voices.npy is needed")]
    [InlineData("""{"id":"a","identity":"p","split":"later","face":[0,1],"voice":[0,1]}""", "\"split\" is \"later\"")]
    public void Load_BrokenLine_SaysWhatIsWrongWhere(string line, string expected)
    {
        Write(rows: 2);
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), line);
        var message = Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message;
        Assert.Contains("line 1", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SameIdTwice_NamesBothLines()
    {
        Write(rows: 2);
        const string Line = """{"id":"a","identity":"p","face":[0,1],"voice":[0,1]}""";
        File.WriteAllText(Path.Combine(_folder, "samples.jsonl"), $"{Line}\n\n{Line}\n");
        Assert.Contains(
            "line 3: the sample of line 1 has the id \"a\" too", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>As other programs leave arrays: double precision, an axis of one, columns first.</summary>
    [Fact]
    public void Load_ArraysOfOtherKinds_GivesTheSameRows()
    {
        NpyFile.Write(Path.Combine(_folder, "faces.npy"), new NamedTensor("faces", [2, 1, 2], new[] { 1.0, 2, 3, 4 }));
        var header = "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 2), }";
        float[] columns = [1, 3, 2, 4];
        File.WriteAllBytes(Path.Combine(_folder, "voices.npy"), [
            0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. columns.SelectMany(value => BitConverter.GetBytes(value).Reverse())]);
        File.WriteAllLines(Path.Combine(_folder, "identities.txt"), ["anna", "bert"]);
        var set = FeatureFolder.Load(_folder);
        Assert.Equal([1, 2, 3, 4], set.Faces.Values.ToArray());
        Assert.Equal(set.Faces.Values.ToArray(), set.Voices.Values.ToArray());
    }

    [Fact]
    public void Load_CubeOrIntegers_SaysWhatIsNeeded()
    {
        Write(rows: 2);
        NpyFile.Write(Path.Combine(_folder, "faces.npy"), [2, 2, 3], new float[12]);
        Assert.Contains("[rows, values] is needed", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);
        NpyFile.Write(Path.Combine(_folder, "faces.npy"), new NamedTensor("faces", [2, 2], new long[4]));
        Assert.Contains("floating-point", Assert.Throws<InvalidDataException>(() => FeatureFolder.Load(_folder)).Message, StringComparison.Ordinal);
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
