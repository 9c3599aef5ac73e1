using Grpc.Core;
using Grpc.Wire;

namespace FaceVoice.Grpc.Tests.Wire;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100%", "100%25")]
    [InlineData("a\tb\r\nc", "a%09b%0D%0Ac")]
    [InlineData("\u00e9\u263a\ud83d\ude08", "%C3%A9%E2%98%BA%F0%9F%98%88")]
    [InlineData("", "")]
    public void PercentEncoding_ThereAndBack_IsTheSame(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%41%", "A%")]
    public void Decode_NotProperlyEncoded_StaysAsItIs(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Theory]
    [InlineData("q6ur")]
    [InlineData("q6s=")]
    [InlineData("q6s")]
    [InlineData("qw==")]
    [InlineData("qw")]
    [InlineData("")]
    public void BinaryHeader_WithAndWithoutPadding_IsRead(string text)
    {
        var metadata = new Metadata();
        MetadataText.Read(metadata, "x-bin", text);

        Assert.Equal(Convert.FromBase64String("q6ur")[..metadata[0].ValueBytes.Length], metadata[0].ValueBytes);
        Assert.DoesNotContain('=', MetadataText.Format(metadata[0]));
    }

    [Fact]
    public void BinaryHeader_JoinedByComma_IsSeveralEntries()
    {
        var metadata = new Metadata();
        MetadataText.Read(metadata, "x-bin", "qw==,q6s");

        Assert.Equal(2, metadata.Count);
    }

    [Fact]
    public void BinaryHeader_NotBase64_IsInternal() =>
        Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => MetadataText.Read([], "x-bin", "!!")).StatusCode);

    [Theory]
    [InlineData("Upper-Case", "upper-case")]
    [InlineData("a.b_c-1", "a.b_c-1")]
    public void Entry_Key_IsLowered(string key, string expected) => Assert.Equal(expected, new Metadata.Entry(key, "v").Key);

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("\u00e9")]
    public void Entry_BadKey_Throws(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "v"));
}
