using FaceVoice.Datasets.Features;

namespace FaceVoice.Datasets.Tests.Features;

public sealed class IdentitySplitTests
{
    private static readonly IdentityRecord[] People = [.. Enumerable.Range(0, 200).Select(i => new IdentityRecord($"p{i}"))];

    [Fact]
    public void Create_AnyOrder_SameDivision()
    {
        var (one, other) = (IdentitySplit.Create(People, 0.1, 0.2, 7), IdentitySplit.Create([.. People.Reverse()], 0.1, 0.2, 7));
        Assert.All(People, person => Assert.Equal(one.PartOf(person.Name), other.PartOf(person.Name)));
        Assert.Equal(40, People.Count(person => one.PartOf(person.Name) == SplitPart.Test));
        Assert.Equal(20, People.Count(person => one.PartOf(person.Name) == SplitPart.Validation));
    }

    [Fact]
    public void Create_StatedPart_GoesFirst()
    {
        var split = IdentitySplit.Create([new("a", null, SplitPart.Test), .. People], 0, 0, 1);
        Assert.Equal(SplitPart.Test, split.PartOf("a"));
        Assert.Equal(SplitPart.Train, split.PartOf("p3"));
    }

    [Fact]
    public void Save_Load_KeepsTheDivision()
    {
        var path = Path.GetTempFileName();
        var split = IdentitySplit.Create(People, 0.1, 0.1, 3);
        split.Save(path);
        var read = IdentitySplit.Load(path);
        Assert.All(People, person => Assert.Equal(split.PartOf(person.Name), read.PartOf(person.Name)));
        Assert.Null(read.PartOf("stranger"));
        File.Delete(path);
    }
}
