using System.Text;

namespace FaceVoice.Media.Tests.Ffmpeg;

/// <summary>Recordings made to hurt: each must end in a typed error (or in sound), soon, with no process left behind.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileRecordingTests
{
    private static readonly MediaLimits Limits = new() { FfmpegWallSeconds = 60, FfmpegCpuSeconds = 20 };
    private static readonly AudioDecoder Decoder = new(Limits);
    private static readonly VideoReader Reader = new(Limits);

    [Fact]
    public async Task ReadChunks_LongFile_ComesInPiecesAndStopsFfmpegWhenLeft()
    {
        var path = GeneratedMedia.Make("long.flac", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1200");
        await foreach (var chunk in Decoder.ReadChunksAsync(path, 5))
        {
            Assert.Equal(5.0, chunk.Clip.Seconds, 6);
            if (chunk.StartSeconds > 20)
            {
                break;
            }
        }

        Assert.Empty(ChildProcesses.List());
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "HLS playlist")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n", "concat script")]
    [InlineData("file '/etc/passwd'\n", "text")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n", "session description")]
    [InlineData("<?xml version=\"1.0\"?><MPD><BaseURL>http://127.0.0.1/</BaseURL></MPD>", "XML")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG")]
    [InlineData(";FFMETADATA1\ntitle=x\n", "metadata")]
    [InlineData("hello, I am a video", "text")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0", "unknown kind")]
    public async Task Open_ScriptsAndTextNamedMp4_AreRefusedByName(string content, string found)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var path = GeneratedMedia.Write("innocent.mp4", bytes);
        using var noFfmpeg = new FakeFfmpeg("exit 1");
        foreach (var attempt in (Func<Task>[])[() => Decoder.DecodeFileAsync(path), () => Decoder.DecodeAsync(bytes), () => Reader.ProbeAsync(path)])
        {
            var error = await Assert.ThrowsAsync<UnsupportedMediaException>(attempt);
            Assert.Contains(found, error.Message, StringComparison.Ordinal);
            Assert.Contains("MP4/QuickTime", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Open_PlaylistInsideAnAllowedContainerName_IsStoppedByTheDemuxerList()
    {
        // Begins like MP4, so the signature lets it pass; only the MP4 demuxer may look at it.
        byte[] bytes = [0, 0, 0, 8, .. "ftyp"u8, .. "\n#EXTM3U\nhttp://127.0.0.1/x.ts\n"u8];
        await Assert.ThrowsAnyAsync<InvalidMediaException>(() => Decoder.DecodeAsync(bytes));
    }

    [Theory]
    [InlineData("video.mp4")]
    [InlineData("tone.mp3")]
    [InlineData("tone.opus")]
    [InlineData("tone.flac")]
    public async Task Decode_TruncatedOrFlipped_EndsInSoundOrATypedError(string name)
    {
        var whole = await File.ReadAllBytesAsync(name == "video.mp4" ? GeneratedMedia.Video : GeneratedMedia.Tone(name), TestContext.Current.CancellationToken);
        var random = new Random(11);
        for (var round = 0; round < 6; round++)
        {
            var damaged = whole.AsMemory(0, round % 2 == 0 ? random.Next(whole.Length / 64) * 64 : whole.Length).ToArray();
            for (var flip = 0; round % 2 == 1 && flip < 20; flip++)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                Assert.All((await Decoder.DecodeAsync(damaged)).Samples.ToArray(), sample => Assert.True(float.IsFinite(sample)));
            }
            catch (InvalidMediaException)
            {
                // Expected for most of them.
            }
        }

        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Decode_CodecOutsideTheList_IsRefusedByName()
    {
        var path = GeneratedMedia.Make("rare.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=0.4", "-c:v", "snow", "-strict", "-2");
        var error = await Assert.ThrowsAsync<UnsupportedMediaException>(() => Reader.ProbeAsync(path));
        Assert.Contains("snow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_TooDearByTheClock_IsStopped()
    {
        var hasty = new VideoReader(new MediaLimits { FfmpegWallSeconds = 1 });
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => DrainAsync(hasty.ReadFramesAsync(SlowVideo, [0, 100_000])));
        Assert.Contains("longer than the 1 s", error.Message, StringComparison.Ordinal);
        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Decode_TooDearInProcessorTime_IsStopped()
    {
        var stingy = new VideoReader(new MediaLimits { FfmpegCpuSeconds = 1 });
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => DrainAsync(stingy.ReadFramesAsync(SlowVideo, [0, 100_000])));
        Assert.Contains("processor time", error.Message, StringComparison.Ordinal);
        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Decode_CancelledMidway_LeavesNoProcess()
    {
        using var cancel = new CancellationTokenSource();
        var frames = Reader.ReadFramesAsync(SlowVideo, [0, 0.5, 100_000], cancellationToken: cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var frame in frames)
            {
                frame.Dispose();
                Assert.NotEmpty(ChildProcesses.List());
                await cancel.CancelAsync();
            }
        });
        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Decode_CancelledAtAnyMoment_LeavesNoProcess()
    {
        for (var milliseconds = 0; milliseconds < 200; milliseconds += 10)
        {
            using var cancel = new CancellationTokenSource(milliseconds);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DrainAsync(Reader.ReadFramesAsync(SlowVideo, [0, 100_000], cancellationToken: cancel.Token)));
            Assert.Empty(ChildProcesses.List());
        }
    }

    [Fact]
    public async Task Read_LeftEarly_LeavesNoProcess()
    {
        await foreach (var frame in Reader.ReadFramesAsync(SlowVideo, [0, 1, 2, 100_000]))
        {
            frame.Dispose();
            break;
        }

        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Open_NameBeginsWithDashOrHoldsSpecialCharacters_Works()
    {
        var bytes = await File.ReadAllBytesAsync(GeneratedMedia.Video, TestContext.Current.CancellationToken);
        foreach (var name in new[] { "-i evil.mp4", "Ünïcode 笑顔 %03d.mp4", "concat:a|b.mp4", "$(touch x);'\"`.mp4", "new\nline.mp4" })
        {
            Assert.NotNull((await Reader.ProbeAsync(GeneratedMedia.Write(name, bytes))).Video);
        }
    }

    [Fact]
    public async Task Open_RelativeName_Works()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, GeneratedMedia.Video);
        Assert.NotNull((await Reader.ProbeAsync(relative)).Video);
    }

    [Fact]
    public async Task Decode_ManyAtOnce_AllSucceed()
    {
        var bytes = await File.ReadAllBytesAsync(GeneratedMedia.Tone("tone.flac"), TestContext.Current.CancellationToken);
        await Parallel.ForAsync(0, 8, async (_, token) => Assert.InRange((await Decoder.DecodeAsync(bytes, token)).Seconds, 1.9, 2.1));
        Assert.Empty(ChildProcesses.List());
    }

    /// <summary>Twenty minutes of picture, by repeating the packets of two seconds.</summary>
    private static string SlowVideo => GeneratedMedia.Make(
        "slow.mkv",
        "-stream_loop", "600",
        "-i", GeneratedMedia.Make("seed.mkv", "-f", "lavfi", "-i", "testsrc=size=640x480:rate=25:duration=2", "-c:v", "mpeg4", "-q:v", "5"),
        "-c", "copy");

    private static async Task DrainAsync(IAsyncEnumerable<VideoFrame> frames)
    {
        await foreach (var frame in frames)
        {
            frame.Dispose();
        }
    }
}
