namespace FaceVoice.Media.Tests;

public sealed class MediaTypesTests
{
    /// <summary>How FFmpeg makes a file of each extension; what it does by itself is an empty string.</summary>
    private static readonly Dictionary<string, string> Recipes = new()
    {
        [".3gp"] = "-ar 8000 -c:a aac",
        [".aac"] = "",
        [".ac3"] = "-c:a ac3",
        [".aif"] = "",
        [".aifc"] = "-f aiff",
        [".aiff"] = "",
        [".asf"] = "",
        [".au"] = "",
        [".avi"] = "",
        [".caf"] = "-c:a pcm_s16be",
        [".eac3"] = "-c:a eac3",
        [".flac"] = "",
        [".flv"] = "-ar 44100 -c:a aac",
        [".g722"] = "-ar 16000 -f g722 -c:a g722",
        [".m2ts"] = "-c:a aac -f mpegts",
        [".m4a"] = "",
        [".m4v"] = "-c:a aac -f mp4",
        [".mka"] = "-c:a flac",
        [".mkv"] = "-c:a aac",
        [".mov"] = "",
        [".mp2"] = "",
        [".mp3"] = "",
        [".mp4"] = "",
        [".mpeg"] = "-c:a mp2",
        [".mpg"] = "-c:a mp2",
        [".mts"] = "-c:a aac -f mpegts",
        [".oga"] = "-c:a flac",
        [".ogg"] = "-c:a libvorbis",
        [".ogv"] = "-c:a libvorbis",
        [".opus"] = "",
        [".ts"] = "-c:a aac",
        [".vob"] = "-c:a ac3",
        [".w64"] = "-f w64",
        [".wav"] = "",
        [".wave"] = "-f wav",
        [".webm"] = "-c:a libopus",
        [".wma"] = "",
        [".wmv"] = "",
        [".wv"] = "",
    };

    /// <summary>Two seconds of 1 kHz in each.</summary>
    private static readonly MediaBatch Tones = new(
        ["-f", "lavfi", "-i", "sine=1000:duration=2:sample_rate=48000"], [.. Recipes.Select(recipe => ("type" + recipe.Key, recipe.Value))]);

    public static TheoryData<string> Extensions => [.. MediaTypes.Extensions];

    [Theory]
    [MemberData(nameof(Extensions))]
    public async Task EachExtensionThatIsTaken_IsRead(string extension)
    {
        switch (MediaTypes.Of("file" + extension))
        {
            case MediaType.Image:
                Assert.Contains(extension, (string[])[".jpg", ".jpeg", ".png", ".webp"]); // ImageDecoderTests decode these
                break;
            case MediaType.Video when extension is ".m1v" or ".m2v":
                var silent = GeneratedMedia.Make("type" + extension, "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1");
                Assert.NotNull((await new VideoReader(new MediaLimits()).ProbeAsync(silent)).Video);
                break;
            case var _ when extension is ".amr" or ".sph":
                // FFmpeg writes neither here.
                byte[] head = extension == ".amr" ? [.. "#!AMR\n"u8, .. SilentAmr()] : [.. "NIST_1A\n   1024\n"u8, .. Sphere()];
                Assert.True((await new AudioDecoder(new MediaLimits()).DecodeAsync(head)).Samples.Length > 0);
                break;
            default:
                Assert.InRange((await new AudioDecoder(new MediaLimits()).DecodeFileAsync(Tones["type" + extension])).Seconds, 1.9, 2.2);
                break;
        }
    }

    [Theory]
    [InlineData("A.JPG", MediaType.Image)]
    [InlineData("a/b.Opus", MediaType.Audio)]
    [InlineData("x.y.MKV", MediaType.Video)]
    [InlineData("notes.txt", null)]
    [InlineData("photo.heic", null)]
    [InlineData("wav", null)]
    public void Of_EachName_IsItsType(string path, MediaType? type) => Assert.Equal(type, MediaTypes.Of(path));

    [Fact]
    public void Claimed_ImagesThatAreRefusedByName_AreImages()
    {
        Assert.Equal(MediaType.Image, MediaTypes.Claimed("photo.heic"));
        Assert.Equal(MediaType.Image, MediaTypes.Claimed("photo.TIFF"));
        Assert.Null(MediaTypes.Claimed("notes.txt"));
    }

    /// <summary>Frames of mode 0 (4.75 kbit/s, 12 bytes of speech each).</summary>
    private static byte[] SilentAmr() => [.. Enumerable.Range(0, 50).SelectMany(_ => new byte[] { 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })];

    private static byte[] Sphere()
    {
        var header = "channel_count -i 1\nsample_rate -i 16000\nsample_n_bytes -i 2\nsample_byte_format -s2 01\nsample_coding -s3 pcm\nsample_count -i 16000\nend_head\n";
        var rest = new byte[1_024 - 16 + 32_000];
        System.Text.Encoding.ASCII.GetBytes(header, rest);
        return rest;
    }
}
