namespace FaceVoice.Media.Tests.Ffmpeg;

public sealed class FfmpegProgramsTests
{
    [Theory]
    [InlineData("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers", 5, 1)]
    [InlineData("ffmpeg version n7.0 Copyright", 7, 0)]
    [InlineData("ffmpeg version 6.1.1-3ubuntu5 Copyright", 6, 1)]
    [InlineData("ffmpeg version 8 Copyright", 8, 0)]
    [InlineData("ffmpeg version N-110000-gabcdef Copyright", 0, 0)]
    [InlineData("", 0, 0)]
    public void ParseVersion_EachBuild_GivesItsNumber(string output, int major, int minor)
    {
        var version = FfmpegPrograms.ParseVersion(output);
        Assert.Equal((major, minor), (version.Major, version.Minor));
    }
}
