using FaceVoice.Models.Hub;

namespace FaceVoice.Models.Tests.Hub;

/// <summary>The licence on a model card.</summary>
public sealed class HubModelCardTests
{
    [Theory]
    [InlineData("---\nlicense: mit\n---\ntext", "mit")]
    [InlineData("\uFEFF---\r\ntags:\r\n- a\r\nlicense: \"apache-2.0\"\r\n---\r\n", "apache-2.0")]
    [InlineData("---\nlicense: other\nlicense_name: faces-only\n---\n", "faces-only")]
    [InlineData("---\nlanguage: en\n---\n", null)]
    [InlineData("---\nlicense: [\n---\n", null)]
    [InlineData("license: mit", null)]
    [InlineData("---\nlicense: mit", null)]
    [InlineData("", null)]
    public void Licence_OfACard_IsWhatItStates(string card, string? licence) => Assert.Equal(licence, HubModelCard.Licence(card));
}
