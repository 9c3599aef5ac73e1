using FaceVoice.Testing;

namespace FaceVoice.Media.Tests.Ffmpeg;

public sealed class VideoReaderTests
{
    private static readonly VideoReader Reader = new(new MediaLimits());

    /// <summary>Six seconds of image; the audio begins at four.</summary>
    private static readonly MediaBatch LateAudio = new(
        ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=6", "-itsoffset", "4", "-f", "lavfi", "-i", "sine=440:duration=2"],
        [
            ("late.mp4", "-map 0 -map 1 -c:v mpeg4 -c:a aac"), ("late.mov", "-map 0 -map 1 -c:v mpeg4 -c:a aac"),
            ("late.mkv", "-map 0 -map 1 -c:v mpeg4 -c:a aac"), ("late.webm", "-map 0 -map 1 -c:v libvpx -deadline realtime -c:a libopus"),
            ("late.ts", "-map 0 -map 1 -c:v mpeg2video -c:a mp2"), ("late.flv", "-map 0 -map 1 -c:v flv1 -ar 44100 -c:a aac"),
        ]);

    [Fact]
    public async Task Probe_Video_TellsPictureSoundAndLength()
    {
        var info = await Reader.ProbeAsync(GeneratedMedia.Video);
        var fromMemory = await Reader.ProbeAsync((ReadOnlyMemory<byte>)await File.ReadAllBytesAsync(GeneratedMedia.Video, TestContext.Current.CancellationToken));

        Assert.Equal(new VideoStreamInfo(320, 240, 25, "mpeg4"), info.Video);
        Assert.Equal(new AudioSource(44_100, 2, "aac"), info.Audio);
        Assert.Equal(3.0, info.Seconds!.Value, 0.1);
        Assert.Equal(info, fromMemory);
    }

    [Fact]
    public async Task ReadFrames_IndexAtTheEnd_WorksFromMemory()
    {
        var bytes = await File.ReadAllBytesAsync(GeneratedMedia.Video, TestContext.Current.CancellationToken);
        Assert.True(bytes.AsSpan().IndexOf("moov"u8) > bytes.AsSpan().IndexOf("mdat"u8));
        var count = 0;
        await foreach (var frame in Reader.ReadFramesAsync(bytes, [0, 2], cancellationToken: TestContext.Current.CancellationToken))
        {
            frame.Dispose();
            count++;
        }

        Assert.Equal(2, count);
    }

    [Fact]
    public async Task ReadFrames_ChosenTimes_GivesTheFirstFrameAtOrAfterEach()
    {
        var frames = await CollectAsync(GeneratedMedia.Video, [0, 0.5, 0.51, 0.515, 1.99, 2.5, 60]);
        Assert.Equal([0, 0.52, 2.0, 2.52], frames.Select(frame => Math.Round(frame.Seconds, 3)));
    }

    [Fact]
    public async Task ReadFrames_OfACounter_AreTheRightPictures()
    {
        // Frame n of 25 is grey of level 10 n, without loss.
        var path = GeneratedMedia.Make("counter.mkv", "-f", "lavfi", "-i", "color=black:size=64x48:rate=25:duration=1", "-vf", "format=gray,geq=lum='10*N'", "-c:v", "ffv1");
        var frames = await CollectAsync(path, [0.08, 0.4, 0.8]);
        Assert.Equal([0.08, 0.4, 0.8], frames.Select(frame => Math.Round(frame.Seconds, 3)));
        Assert.All(frames, frame => Assert.Equal(Math.Round(frame.Seconds * 25) * 10, frame.FirstByte, 3.0));
    }

    [Fact]
    public async Task ReadFrames_HundredsOfTimes_Works()
    {
        var times = Enumerable.Range(0, VideoReader.MaxTimes).Select(i => i * 3.0 / VideoReader.MaxTimes).ToArray();
        Assert.Equal(75, (await CollectAsync(GeneratedMedia.Video, times)).Count);
    }

    [Fact]
    public async Task ReadFrames_RotatedOrWithWidePixels_IsUprightAndSquare()
    {
        var wide = GeneratedMedia.Make("wide.mkv", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=0.4", "-vf", "setsar=2", "-c:v", "mpeg4");
        var frame = Assert.Single(await CollectAsync(wide, [0]));
        Assert.Equal((640, 240), (frame.Width, frame.Height));

        var turned = GeneratedMedia.Make("turned.mp4", "-i", GeneratedMedia.Video, "-c", "copy", "-metadata:s:v:0", "rotate=90");
        frame = Assert.Single(await CollectAsync(turned, [0]));
        Assert.Equal((240, 320), (frame.Width, frame.Height));
    }

    [Fact]
    public async Task Probe_TrackOfUnlistedCodecThatNobodyNeeds_DoesNotMatter()
    {
        var path = GeneratedMedia.Make(
            "unlisted.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1", "-f", "lavfi", "-i", "sine=440:duration=1", "-map", "0", "-map", "1", "-map", "1",
            "-c:v", "mpeg4", "-c:a:0", "truehd", "-strict", "-2", "-c:a:1", "aac", "-disposition:a:0", "default", "-disposition:a:1", "0");
        var info = await Reader.ProbeAsync(path);
        Assert.Equal("mpeg4", info.Video!.Codec);
        Assert.Equal(("aac", 2, 2), (info.Audio!.Codec, info.Audio.Track, info.Audio.Tracks));
    }

    [Theory]
    [InlineData("late.mp4")]
    [InlineData("late.mov")]
    [InlineData("late.mkv")]
    [InlineData("late.webm")]
    [InlineData("late.ts")]
    [InlineData("late.flv")]
    public async Task Probe_AudioThatBeginsLater_SaysWhenOnTheClockOfTheFrames(string name)
    {
        var path = LateAudio[name];
        Assert.Equal(4.0, (await Reader.ProbeAsync(path)).Audio!.StartSeconds, 0.05);
        Assert.Equal([0, 4.0], (await CollectAsync(path, [0, 4])).Select(frame => Math.Round(frame.Seconds, 2)));
    }

    [Fact]
    public async Task Probe_VideoThatBeginsLater_FramesAreOnTheClockOfTheFile()
    {
        var path = GeneratedMedia.Make(
            "late-video.mkv", "-itsoffset", "2", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=2", "-f", "lavfi", "-i", "sine=440:duration=4",
            "-map", "0", "-map", "1", "-c:v", "mpeg4", "-c:a", "flac");
        Assert.Equal(0, (await Reader.ProbeAsync(path)).Audio!.StartSeconds);
        Assert.Equal(2.0, (await CollectAsync(path, [0]))[0].Seconds, 0.05);
    }

    [Theory]
    [InlineData("smpte2084")]
    [InlineData("arib-std-b67")]
    public async Task ReadFrames_HighDynamicRange_IsMappedToWhatItShowed(string transfer)
    {
        Assert.SkipUnless(FfmpegPrograms.Locate().MapsTones, "needs an FFmpeg with zimg");
        const string grey = "color=c=0x808080:size=64x48:rate=25:duration=0.4";
        var path = GeneratedMedia.Make(
            $"{transfer}.mkv", "-f", "lavfi", "-i", grey, "-vf",
            "format=yuv444p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,zscale=t=linear:npl=203,format=gbrpf32le,"
            + $"zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le",
            "-c:v", "ffv1", "-color_trc", transfer, "-color_primaries", "bt2020", "-colorspace", "bt2020nc");
        Assert.True((await Reader.ProbeAsync(path)).Video!.IsHighDynamicRange);
        Assert.InRange((await CollectAsync(path, [0]))[0].FirstByte, 128 - 6, 128 + 6);
    }

    [Fact]
    public async Task ReadFrames_MaxSide_ShrinksOnlyWhatIsLarger()
    {
        var small = Assert.Single(await CollectAsync(GeneratedMedia.Video, [1], new VideoFrameOptions { MaxSide = 160 }));
        var whole = Assert.Single(await CollectAsync(GeneratedMedia.Video, [1], new VideoFrameOptions { MaxSide = 1_600 }));
        Assert.Equal((160, 120, 320, 240), (small.Width, small.Height, whole.Width, whole.Height));
    }

    [Fact]
    public async Task ReadFrames_KeyFramesOnly_GivesKeyFrames()
    {
        var path = GeneratedMedia.Make("keys.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=3", "-c:v", "mpeg4", "-g", "25");
        var frames = await CollectAsync(path, [0, 0.5, 1.5], new VideoFrameOptions { KeyFramesOnly = true });
        Assert.Equal([0.0, 1.0, 2.0], frames.Select(frame => Math.Round(frame.Seconds, 2)));
    }

    [Fact]
    public async Task MeasureSeconds_HeaderWithoutLength_CountsPackets()
    {
        // A live WebM/Matroska stream has no length in its header.
        var path = GeneratedMedia.Make("live.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=7", "-c:v", "mpeg4", "-live", "1", "-f", "matroska");
        Assert.Null((await Reader.ProbeAsync(path)).Seconds);
        Assert.Equal(7.0, await Reader.MeasureSecondsAsync(path), 0.1);
    }

    [Fact]
    public async Task ReadFrames_NoPicture_SaysSoAndCoverArtIsNone()
    {
        var sound = GeneratedMedia.Tone("tone.flac");
        await Assert.ThrowsAsync<MissingStreamException>(() => CollectAsync(sound, [0]));

        var cover = Images.ImageDecoderTests.QuadrantFile("jpg");
        var song = GeneratedMedia.Make("cover.mp3", "-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-id3v2_version", "3", "-disposition:v", "attached_pic");
        var quick = GeneratedMedia.Make("cover.m4a", "-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic");
        foreach (var path in new[] { song, quick })
        {
            Assert.Null((await Reader.ProbeAsync(path)).Video);
            await Assert.ThrowsAsync<MissingStreamException>(() => CollectAsync(path, [0]));
        }
    }

    [Fact]
    public async Task ReadFrames_MorePixelsThanAllowed_IsRefusedByTheHeader()
    {
        var strict = new VideoReader(new MediaLimits { MaxPixels = 10_000 });
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => strict.ProbeAsync(GeneratedMedia.Video));
        Assert.Contains("320x240", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFrames_WrongTimes_Throw()
    {
        foreach (var times in new double[][] { [], [1, 0], [-1], [double.NaN], new double[VideoReader.MaxTimes + 1] })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => CollectAsync(GeneratedMedia.Video, times));
        }
    }

    [Fact]
    public async Task ReadFrames_RealClip_GivesFramesOverItsLength()
    {
        var frames = await CollectAsync(ReferenceData.Media("clips", "lrwp9a.mpg"), [0, 1, 2, 2.9]);
        Assert.Equal(4, frames.Count);
        Assert.All(frames, frame => Assert.Equal((360, 288), (frame.Width, frame.Height)));
    }

    private static async Task<List<(double Seconds, int Width, int Height, byte FirstByte)>> CollectAsync(
        string path, double[] times, VideoFrameOptions? options = null)
    {
        var frames = new List<(double, int, int, byte)>();
        await foreach (var frame in Reader.ReadFramesAsync(path, times, options))
        {
            using (frame)
            {
                frames.Add((frame.Seconds, frame.Image.Width, frame.Image.Height, frame.Image.Pixels[0]));
            }
        }

        return frames;
    }
}
