using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Tests.Sources;

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
        Assert.Equal(identity, new IdentityRule().IdentityOf(name).Person);

    [Fact]
    public void IdentityOf_Pattern_IsItsFirstGroup()
    {
        Assert.Equal("id10270", new IdentityRule("(id[0-9]+)/").IdentityOf("vox/id10270/5r0dWxy17C8/00001.mp4").Person);
        Assert.Throws<FormatException>(() => new IdentityRule("(id[0-9]+)/").IdentityOf("other/1.mp4"));
        Assert.Throws<System.Text.RegularExpressions.RegexParseException>(() => new IdentityRule("("));
    }

    [Theory]
    [InlineData("VoxCeleb", "id00012", "dev/mp4/id00012/21Uxsk56VDQ/00001.mp4", "dev/mp4/id00012/_raOc3-IRsw/00110.mp4", "id00012/2DLq_Kkc1r8/00017.m4a")]
    [InlineData("VoxCeleb", "A.J._Buckley", "wav/A.J._Buckley/1zcIwhmdeo4/00001.wav", "A.J._Buckley/J9lHsKG98U8/00015.wav")]
    [InlineData("GRID", "s1", "s1/bbaf2n.mpg", "s1/video/mpg_6000/lwwz9s.mpg", "grid/s1/swiz3n.mpg")]
    [InlineData("CREMA-D", "1001", "1001_DFA_ANG_XX.flv", "VideoFlash/1001_IEO_HAP_HI.flv", "AudioWAV/1001_TAI_SAD_LO.wav")]
    [InlineData("RAVDESS", "Actor_01", "Actor_01/01-01-03-01-01-01-01.mp4", "Video_Song_Actor_01/Actor_01/02-02-05-02-01-02-01.mp4", "01-01-01-01-02-01-01.mp4")]
    [InlineData("MEAD", "M003", "M003/video/front/angry/level_1/001.mp4", "M003/audio/happy/level_2/017.m4a", "MEAD/M003/video/left_30/sad/level_3/002.mp4")]
    [InlineData("TIMIT", "FCJF0", "TRAIN/DR1/FCJF0/SA1.WAV", "TEST/DR4/FCJF0/SX127.WAV", "FCJF0/SI648.wav")]
    [InlineData("TIMIT", "fadg0", "fadg0/audio/sa1.wav", "vidtimit/fadg0/video/si1279.mp4")]
    [InlineData("TIMIT", "01M", "volunteers/01M/Clips/straightcam/sa1.mp4", "01M/Clips/30degcam/sx100.mp4")]
    [InlineData("LibriSpeech", "1272", "dev-clean/1272/128104/1272-128104-0000.flac", "1272-135031-0003.flac")]
    public void IdentityOf_CorpusLayout_IsThePersonOfTheCorpus(string corpus, string person, params string[] names) => Assert.All(
        names, name => Assert.Equal(new SourceIdentity(person, IdentityBasis.Corpus, corpus), new IdentityRule().IdentityOf(name)));

    [Theory]
    [InlineData("05-12-2024.mp4")] // a date, no utterance
    [InlineData("interviews/sa1.mp4")]
    [InlineData("s1/presentation.mp4")]
    [InlineData("M003/intro.mp4")]
    [InlineData("Berlin_2024/abcdefghijk/take1.mp4")]
    public void IdentityOf_NameLikeACorpusOnlyByHalf_IsNone(string name) =>
        Assert.NotEqual(IdentityBasis.Corpus, new IdentityRule().IdentityOf(name).Basis);

    [Theory]
    [InlineData("IMG_0001.mpg", "IMG_0002.mpg", "IMG_0003.mpg")]
    [InlineData("VID_20240501_101500.mp4", "VID_20240501_111500.mp4")]
    [InlineData("DSC_0001.MOV", "DSC_0002.MOV")]
    [InlineData("DSC0001.MOV", "DSC0002.MOV")]
    [InlineData("PXL_20240501_101500123.mp4", "PXL_20240501_101500124.TS.mp4", "PXL_20240501_101500125~2.mp4")]
    [InlineData("IMG-20240501-WA0001.jpg", "IMG-20240501-WA0002.jpg")]
    [InlineData("MVI_1234.AVI", "MVI_1235.AVI")]
    [InlineData("100_0001.MOV", "100_0002.MOV")]
    [InlineData("20240501_101500.mp4", "20240501_111500.mp4")]
    [InlineData("2024-05-01_10-15-00.mkv", "2024-05-01_10-15-30.mkv")]
    [InlineData("Screenshot_20240501-101500.png", "Screenshot_20240501-101501.png")]
    [InlineData("video_2024-05-01_10-15-00.mp4", "video_2024-05-01_11-15-00.mp4")]
    [InlineData("DJI_0001.MP4", "DJI_0002.MP4")]
    [InlineData("party/IMG_0001.mpg", "trip/IMG_0001.mpg")]
    public void IdentityOf_CameraNames_AreOnePersonAFile(params string[] names) =>
        Assert.Equal(names.Length, names.Select(name => new IdentityRule().IdentityOf(name).Person).Distinct().Count());

    [Theory]
    [InlineData("Sam_1.mp4", "Sam")]
    [InlineData("Imogen_0001.mp4", "Imogen")]
    [InlineData("anna_20240501.mp4", "anna")]
    [InlineData("Vida_100.mp4", "Vida")]
    [InlineData("anna/20240501.mp4", "anna")]
    public void IdentityOf_NameOfAPerson_IsNoCameras(string name, string person) =>
        Assert.Equal(person, new IdentityRule().IdentityOf(name).Person);

    [Theory]
    [InlineData("Jos\u00e9_1.mp4", "Jose\u0301_2.mp4")]
    [InlineData("Nguy\u1ec5n/1.mp4", "Nguye\u0302\u0303n/2.mp4")]
    [InlineData("\ud55c\uae00_1.mp4", "\u1112\u1161\u11ab\u1100\u1173\u11af_2.mp4")]
    [InlineData("\u304c_1.mp4", "\u304b\u3099_2.mp4")]
    [InlineData("\u0439_1.mp4", "\u0438\u0306_2.mp4")]
    public void IdentityOf_ComposedAndDecomposedLetters_AreOnePerson(string composed, string decomposed)
    {
        Assert.NotEqual(composed[..^5], decomposed[..^5]);
        Assert.Equal(new IdentityRule().IdentityOf(composed), new IdentityRule().IdentityOf(decomposed));
        Assert.Equal(new IdentityRule("^(.+)[/_]").IdentityOf(composed), new IdentityRule("^(.+)[/_]").IdentityOf(decomposed));
    }

    [Theory]
    [InlineData("anna/IMG_0001.mp4", "anna")]
    [InlineData("day1/anna/clip.mp4", "day1-anna")]
    [InlineData("id00012/21Uxsk56VDQ/00001.mp4", "id00012-21Uxsk56VDQ")]
    [InlineData("alone.mp4", "alone")]
    public void IdentityOf_FromFolder_IsTheFolder(string name, string person) =>
        Assert.Equal(new SourceIdentity(person, IdentityBasis.Told), new IdentityRule(fromFolder: true).IdentityOf(name));

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
