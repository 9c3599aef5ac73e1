using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Tests.Sources;

public sealed class IdentityGroupingTests
{
    [Fact]
    public void Notes_AllOnePerson_SaysSoAndHowToTellThemApart()
    {
        var note = Assert.Single(Notes("clip_1.mp4", "clip_2.mp4", "clip_3.mp4"));
        Assert.StartsWith("All 3 sources are taken for one person, clip.", note, StringComparison.Ordinal);
        Assert.Contains("--identity-regex '(.+)'", note, StringComparison.Ordinal);
        Assert.Contains("--identity-from-folder", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_EachItsOwn_SaysSoAndHowToJoinThem()
    {
        var note = Assert.Single(Notes("a/red.mp4", "a/blue.mp4", "b/green.mp4", "b/grey.mp4"));
        Assert.StartsWith(
            "Each of the 4 sources is taken for a person of its own (a-red, a-blue, b-green, …).", note, StringComparison.Ordinal);
        Assert.Contains("--identity-from-folder", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_CameraNames_SaysWhyEachIsItsOwn() =>
        Assert.Contains(
            "names are those that cameras give", Assert.Single(Notes("IMG_0001.mp4", "IMG_0002.mp4")), StringComparison.Ordinal);

    [Fact]
    public void Notes_OneFolderManyPeople_NamesTheFolder()
    {
        var note = Assert.Single(Notes("anna/red.mp4", "anna/blue_1.mp4", "anna/blue_2.mp4", "ben/1.mp4", "ben/2.mp4"));
        Assert.StartsWith("1 folder holds several people, such as anna with 2 (anna-red, anna-blue).", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_SomeCameraNames_SaysHowMany() => Assert.Contains(
        "2 sources have names that cameras give", Assert.Single(
            Notes("anna_1.mp4", "anna_2.mp4", "IMG_0001.mp4", "IMG_0002.mp4")), StringComparison.Ordinal);

    [Fact]
    public void Notes_Corpus_SaysWhichAndHowManyPeople() => Assert.StartsWith(
        "3 sources named as in GRID: 2 people (s1, s2).", Assert.Single(
            Notes("s1/bbaf2n.mpg", "s1/lwwz9s.mpg", "s2/swiz3n.mpg")), StringComparison.Ordinal);

    [Fact]
    public void Notes_NamesThatGroupWell_SaysNothing() => Assert.Empty(Notes("anna_1.mp4", "anna_2.mp4", "ben_1.mp4", "ben_2.mp4"));

    [Fact]
    public void Notes_SettledByTheUser_SaysNothing() => Assert.Empty(IdentityGrouping.Notes(
        [.. new[] { "a/1.mp4", "a/2.mp4" }.Select(name => (name, new IdentityRule(fromFolder: true).IdentityOf(name)))]));

    [Fact]
    public void Notes_OneSource_SaysNothing() => Assert.Empty(Notes("anna.mp4"));

    private static IReadOnlyList<string> Notes(params string[] names) =>
        IdentityGrouping.Notes([.. names.Select(name => (name, new IdentityRule().IdentityOf(name)))]);
}
