using FaceVoice.Datasets.MediaFeatures;

namespace FaceVoice.Datasets.Tests.MediaFeatures;

public sealed class FeatureRowsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_path);
        File.Delete(Path.ChangeExtension(_path, ".txt"));
    }

    [Fact]
    public void TryRead_Entry_IsWhatWasWritten()
    {
        new FeatureRows([1, 2, 3, 4], 2.5).Write(_path);
        var rows = FeatureRows.TryRead(_path, 2);
        Assert.Equal([1, 2, 3, 4], rows!.Values);
        Assert.Equal(2.5, rows.Seconds);
    }

    [Fact]
    public void TryRead_EntryOfADoubtfulRecording_HasItsWarningsAgain()
    {
        new FeatureRows([1, 2], 2.5) { Warnings = ["The recording is cut off.", "Two\nlines."] }.Write(_path);
        Assert.Equal(["The recording is cut off.", "Two lines."], FeatureRows.TryRead(_path, 2)!.Warnings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(130)]
    public void TryRead_TruncatedEntry_CountsAsNone(int length)
    {
        new FeatureRows([1, 2, 3, 4], 2.5).Write(_path);
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..length]);
        Assert.Null(FeatureRows.TryRead(_path, 2));
    }

    [Fact]
    public void TryRead_OtherWidthOrNotFinite_CountsAsNone()
    {
        new FeatureRows([1, 2, 3, 4], 2.5).Write(_path);
        Assert.Null(FeatureRows.TryRead(_path, 3));
        new FeatureRows([1, float.NaN], 0).Write(_path);
        Assert.Null(FeatureRows.TryRead(_path, 2));
    }
}
