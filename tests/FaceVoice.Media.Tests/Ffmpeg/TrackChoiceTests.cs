using System.Globalization;
using System.Text.RegularExpressions;

namespace FaceVoice.Media.Tests.Ffmpeg;

/// <summary>Which audio track is read, and what becomes of files that are shorter than they say.</summary>
public sealed class TrackChoiceTests
{
    private static readonly AudioDecoder Decoder = new(new MediaLimits());

    /// <summary>440 Hz, then 880 Hz.</summary>
    private static readonly MediaBatch TwoTracks = new(
        ["-f", "lavfi", "-i", "sine=440:duration=2", "-f", "lavfi", "-i", "sine=880:duration=2"],
        [
            ("default-second.mkv", "-map 0 -map 1 -c:a aac -disposition:a:0 0 -disposition:a:1 default"),
            ("asked.mp4", "-map 0 -map 1 -c:a aac"),
            ("unlisted-second.mkv", "-map 0 -map 1 -c:a:0 aac -c:a:1 truehd -strict -2"),
            ("unlisted-default.mkv", "-map 0 -map 1 -c:a:0 truehd -c:a:1 aac -strict -2 -disposition:a:0 default -disposition:a:1 0"),
            ("known.mov", "-map 0 -map 1 -c:a:0 pcm_s16le -c:a:1 aac"),
        ]);

    private static readonly MediaBatch TwelveSeconds = new(
        ["-f", "lavfi", "-i", "anoisesrc=d=12:r=44100:a=0.1:seed=1"],
        [
            ("half.m4a", "-c:a aac -movflags +faststart"), ("half.mp3", "-c:a libmp3lame"), ("half.webm", "-c:a libopus"),
            ("half.flac", "-c:a flac"), ("half.wav", "-c:a pcm_s16le"), ("half.mka", "-c:a libvorbis"),
            ("half.aiff", "-c:a pcm_s16be"), ("half.caf", "-c:a pcm_s16le"), ("half.w64", "-c:a pcm_s16le"),
            ("half.wma", "-c:a wmav2"), ("half.avi", "-c:a libmp3lame"),
        ]);

    [Fact]
    public async Task Decode_DefaultFlagOnTheSecond_TakesIt()
    {
        var path = TwoTracks["default-second.mkv"];
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.Equal((2, 2), (clip.Source.Track, clip.Source.Tracks));
        Assert.InRange(Pitch(clip), 870, 890);
    }

    [Theory]
    [InlineData(1, 440)]
    [InlineData(2, 880)]
    public async Task Decode_TrackAskedFor_TakesIt(int track, double pitch)
    {
        var path = TwoTracks["asked.mp4"];
        var clip = await new AudioDecoder(new MediaLimits(), new() { Track = track }).DecodeFileAsync(path);
        Assert.Equal((track, 2), (clip.Source.Track, clip.Source.Tracks));
        Assert.InRange(Pitch(clip), pitch - 10, pitch + 10);
    }

    [Fact]
    public async Task Decode_TrackThatIsNotThere_SaysHowManyThereAre()
    {
        var third = new AudioDecoder(new MediaLimits(), new() { Track = 3 });
        var error = await Assert.ThrowsAsync<MissingStreamException>(() => third.DecodeFileAsync(TwoTracks["asked.mp4"]));
        Assert.Contains("track 3 was asked for; the MP4/QuickTime has 2", error.Message, StringComparison.Ordinal);
        var wav = WavWriter.Encode(new float[1_000]);
        error = await Assert.ThrowsAsync<MissingStreamException>(() => third.DecodeAsync(wav));
        Assert.Contains("the WAV has 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_SecondTrackOfUnlistedCodec_DoesNotMatter()
    {
        var path = TwoTracks["unlisted-second.mkv"];
        Assert.InRange(Pitch(await Decoder.DecodeFileAsync(path)), 430, 450);
    }

    [Fact]
    public async Task Decode_DefaultTrackOfUnlistedCodec_TakesTheOther()
    {
        var path = TwoTracks["unlisted-default.mkv"];
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.Equal((2, 2), (clip.Source.Track, clip.Source.Tracks));
        Assert.InRange(Pitch(clip), 870, 890);
    }

    [Fact]
    public async Task Decode_FirstTrackOfUnknownCodec_TakesTheOther()
    {
        var bytes = await File.ReadAllBytesAsync(TwoTracks["known.mov"], TestContext.Current.CancellationToken);
        "qqqq"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("sowt"u8)));
        var clip = await Decoder.DecodeAsync(bytes);
        Assert.Equal((2, 2, "aac"), (clip.Source.Track, clip.Source.Tracks, clip.Source.Codec));
        Assert.InRange(Pitch(clip), 870, 890);
    }

    [Fact]
    public async Task Decode_OnlyTrackOfUnknownCodec_IsUnsupported()
    {
        var bytes = await File.ReadAllBytesAsync(GeneratedMedia.Tone("tone.mov"), TestContext.Current.CancellationToken);
        "qqqq"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("sowt"u8)));
        await Assert.ThrowsAsync<UnsupportedMediaException>(() => Decoder.DecodeAsync(bytes));
    }

    [Theory]
    [InlineData("m4a")]
    [InlineData("mp3")]
    [InlineData("webm")]
    [InlineData("flac")]
    [InlineData("wav")]
    [InlineData("mka")]
    [InlineData("aiff")]
    [InlineData("caf")]
    [InlineData("w64")]
    [InlineData("wma")]
    [InlineData("avi")]
    public async Task Decode_FirstHalfOnly_WarnsOfBothLengthsOrRefuses(string extension)
    {
        var bytes = await File.ReadAllBytesAsync(TwelveSeconds[$"half.{extension}"], TestContext.Current.CancellationToken);
        var half = bytes.AsMemory(0, bytes.Length / 2);

        var clip = await Decoder.DecodeAsync(half);
        var error = await Assert.ThrowsAsync<CorruptMediaException>(() => new AudioDecoder(new MediaLimits(), new() { Strict = true }).DecodeAsync(half));
        var whole = await Decoder.DecodeAsync(bytes);

        Assert.InRange(clip.Seconds, 5, 7);
        Assert.InRange(Promised(Assert.Single(clip.Warnings)), 11.5, 12.6); // where a size in bytes is all that there is, the length follows from the rest
        Assert.InRange(Promised(error.Message), 11.5, 12.6);
        Assert.Empty(whole.Warnings);
    }

    [Theory]
    [InlineData("late.mkv")]
    [InlineData("late.mp4")]
    [InlineData("late.mka")]
    public async Task Decode_AudioThatBeginsLater_IsNoWarning(string name)
    {
        string[] video = name.EndsWith('a') ? [] : ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=4"];
        var path = GeneratedMedia.Make(
            name, [.. video, "-itsoffset", "3", "-f", "lavfi", "-i", "sine=440:duration=1", "-c:v", "mpeg4", "-c:a", "aac", "-avoid_negative_ts", "disabled"]);
        var clip = await new AudioDecoder(new MediaLimits(), new() { Strict = true }).DecodeFileAsync(path);
        Assert.InRange(clip.Seconds, 0.9, 1.1);
        Assert.Empty(clip.Warnings);
    }

    [Fact]
    public async Task Decode_VideoLongerThanItsAudio_IsNoWarning()
    {
        var path = GeneratedMedia.Make("short-audio.mp4", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=6", "-f", "lavfi", "-i", "sine=440:duration=2", "-c:v", "mpeg4", "-c:a", "aac");
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.InRange(clip.Seconds, 1.9, 2.1);
        Assert.Empty(clip.Warnings);
    }

    [Fact]
    public async Task Decode_InvertedRightChannel_IsNotSilence()
    {
        var path = GeneratedMedia.Make("inverted.flac", "-f", "lavfi", "-i", "sine=440:duration=2:sample_rate=16000", "-af", "pan=stereo|c0=c0|c1=-1*c0");
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.InRange(Pitch(clip), 430, 450);
        Assert.Contains("channel 1 alone", Assert.Single(clip.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_ConstantOffset_IsRemoved()
    {
        var path = GeneratedMedia.Make("offset.wav", "-f", "lavfi", "-i", "sine=440:duration=2:sample_rate=16000", "-af", "volume=0.5,dcshift=0.05", "-c:a", "pcm_s16le");
        var samples = (await Decoder.DecodeFileAsync(path)).Samples.ToArray();
        Assert.Equal(0, samples.Average(), 1e-4f);
        Assert.Equal(-samples.Min(), samples.Max(), 2e-3f);
    }

    private static double Promised(string message) =>
        double.Parse(Regex.Match(message, @"promises ([\d.]+) s of audio").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The frequency of a tone, from its crossings of zero.</summary>
    private static double Pitch(AudioClip clip)
    {
        var samples = clip.Samples.Span.Slice(8_000, 16_000);
        var crossings = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            crossings += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
        }

        return crossings;
    }
}
