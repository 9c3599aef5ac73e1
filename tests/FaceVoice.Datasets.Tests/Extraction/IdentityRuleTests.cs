using FaceVoice.Datasets.Extraction;

namespace FaceVoice.Datasets.Tests.Extraction;

public sealed class IdentityRuleTests
{
    [Theory]
    [InlineData("anna.mp4", "anna")]
    [InlineData("anna_01.mp4", "anna")]
    [InlineData("anna-maria-12.mp4", "anna-maria")]
    [InlineData("id2_vcd_swwp2s.mpg", "id2_vcd_swwp2s")]
    [InlineData("anna/01.mp4", "anna")]
    [InlineData("anna/_01.mp4", "anna")]
    [InlineData("day2/anna_3.mp4", "day2-anna")]
    [InlineData("0001.mp4", "0001")]
    [InlineData("v1.2_03", "v1")] // without an extension the dot is one
    public void IdentityOf_DefaultRule_IsTheStemWithoutItsNumber(string name, string identity) =>
        Assert.Equal(identity, new IdentityRule().IdentityOf(name));

    [Fact]
    public void IdentityOf_Pattern_IsItsFirstGroup()
    {
        Assert.Equal("id10270", new IdentityRule("(id[0-9]+)/").IdentityOf("vox/id10270/5r0dWxy17C8/00001.mp4"));
        Assert.Throws<FormatException>(() => new IdentityRule("(id[0-9]+)/").IdentityOf("other/1.mp4"));
        Assert.Throws<System.Text.RegularExpressions.RegexParseException>(() => new IdentityRule("("));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData("-rf")]
    [InlineData("a b:c|d\n")]
    [InlineData("")]
    public void ToFileName_AnyText_StaysInItsFolder(string text)
    {
        var name = IdentityRule.ToFileName(text);
        Assert.Matches(@"^[\p{L}\p{Nd}_][\p{L}\p{Nd}._-]*$", name);
        Assert.NotEqual("..", name);
        Assert.DoesNotContain('/', name);
    }

    [Fact]
    public void ToFileName_TextsThatBecomeAlike_StayApart() =>
        Assert.Equal(3, new[] { "a b", "a:b", "a_b" }.Select(IdentityRule.ToFileName).Distinct().Count());
}
