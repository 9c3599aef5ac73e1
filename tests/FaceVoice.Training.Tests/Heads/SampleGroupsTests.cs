using FaceVoice.Datasets.Features;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Tests.Heads;

public sealed class SampleGroupsTests
{
    private static readonly FeatureSet People = Set(
        new("a", "f", null, "adult"), new("b", "m", null, "adult"), new("c", "m", null, "child"), new("d", "m", null, "adult"), new("e"), new("f"), new("g", "f"));

    [Fact]
    public void Of_GenderAndAge_JoinsThoseWhoShareBoth()
    {
        var groups = SampleGroups.Of(People, PositiveRelation.GenderAndAge);
        Assert.Equal(groups[1], groups[3]);
        Assert.NotEqual(groups[1], groups[2]);
        Assert.Equal(6, groups.Distinct().Count()); // three stated groups, and three people of whom something is not known
        Assert.Equal(3, SampleGroups.CountStated(People, PositiveRelation.GenderAndAge));
    }

    [Fact]
    public void Of_GenderAndAge_ABandWithoutGendersIsAGroupOfItsOwn()
    {
        var people = Set(new("a", null, null, "child"), new("b", null, null, "child"), new("c", "f", null, "child"), new("d"), new("e"));
        var groups = SampleGroups.Of(people, PositiveRelation.GenderAndAge);
        Assert.Equal(groups[0], groups[1]);
        Assert.Equal(4, groups.Distinct().Count());
        Assert.Equal(2, SampleGroups.CountStated(people, PositiveRelation.GenderAndAge));
    }

    [Fact]
    public void Genders_PeopleWithoutAStatedOne_BelongToNobodyElse()
    {
        var genders = SampleGroups.Genders(People);
        Assert.Equal([0, 1, 1, 1], genders[..4]);
        Assert.Equal(0, genders[6]);
        Assert.NotEqual(genders[4], genders[5]);
        Assert.Equal(2, SampleGroups.CountStated(People, PositiveRelation.Gender));
    }

    private static FeatureSet Set(params IdentityRecord[] people) => new(
        people,
        [.. people.Select((person, i) => new FeatureSample(person.Name, i, i, 1, i, 1))],
        new(new float[people.Length], 1, "face"),
        new(new float[people.Length], 1, "voice"));
}
