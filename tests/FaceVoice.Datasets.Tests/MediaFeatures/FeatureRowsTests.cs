using FaceVoice.Datasets.MediaFeatures;

namespace FaceVoice.Datasets.Tests.MediaFeatures;

public sealed class FeatureRowsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void TryRead_Entry_IsWhatWasWritten()
    {
        new FeatureRows([1, 2, 3, 4], 2.5).Write(_path);
        var rows = FeatureRows.TryRead(_path, 2);
        Assert.Equal([1, 2, 3, 4], rows!.Values);
        Assert.Equal(2.5, rows.Seconds);
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
