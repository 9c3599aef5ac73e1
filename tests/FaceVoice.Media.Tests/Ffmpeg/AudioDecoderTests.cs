using System.Buffers.Binary;
using FaceVoice.Testing;

namespace FaceVoice.Media.Tests.Ffmpeg;

public sealed class AudioDecoderTests
{
    private static readonly AudioDecoder Decoder = new(new MediaLimits());

    [Theory]
    [InlineData("flac", "flac", 48_000)]
    [InlineData("mp3", "mp3", 48_000)]
    [InlineData("opus", "opus", 48_000)]
    [InlineData("ogg", "vorbis", 48_000)]
    [InlineData("m4a", "aac", 48_000)]
    [InlineData("aac", "aac", 48_000)]
    [InlineData("aiff", "pcm_s16be", 48_000)]
    [InlineData("au", "pcm_s16be", 48_000)]
    [InlineData("caf", "pcm_s16be", 48_000)]
    [InlineData("wv", "wavpack", 48_000)]
    [InlineData("mka", "flac", 48_000)]
    [InlineData("ts", "mp2", 48_000)]
    [InlineData("wma", "wmav2", 48_000)]
    public async Task Decode_EachContainer_FromFileAndMemory_IsTheTone(string extension, string codec, int rate)
    {
        var path = GeneratedMedia.Tone("tone." + extension);

        var clip = await Decoder.DecodeFileAsync(path);
        var fromMemory = await Decoder.DecodeAsync(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));

        Assert.Equal(codec, clip.Source.Codec);
        Assert.Equal(rate, clip.Source.SampleRate);
        Assert.InRange(clip.Seconds, 1.95, 2.1);
        AssertTone(clip, 1_000);
        Assert.Equal(clip.Samples.ToArray(), fromMemory.Samples.ToArray());
    }

    [Fact]
    public async Task Decode_SameSoundAsWavAndFlac_IsTheSame()
    {
        var wav = GeneratedMedia.Tone("stereo.wav");
        var flac = GeneratedMedia.Tone("stereo.flac");
        var (first, second) = (await Decoder.DecodeFileAsync(wav), await Decoder.DecodeFileAsync(flac));
        Assert.Equal(first.Samples.Length, second.Samples.Length);
        Assert.All(first.Samples.ToArray().Zip(second.Samples.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Theory]
    [InlineData(8, 48_000)]
    [InlineData(6, 44_100)]
    [InlineData(1, 11_025)]
    [InlineData(1, 44_056)]
    [InlineData(2, 96_000)]
    public async Task Decode_ManyChannelsAndOddRates_BecomeMonoSixteenKilohertz(int channels, int rate)
    {
        var path = GeneratedMedia.Tone($"{channels}-{rate}.flac");
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.Equal((rate, channels), (clip.Source.SampleRate, clip.Source.Channels));
        Assert.Equal(2.0, clip.Seconds, 0.01);
        AssertTone(clip, 1_000);
    }

    [Fact]
    public async Task Decode_MoreChannelsThanAllowed_IsRefused()
    {
        var path = GeneratedMedia.Tone("eight.flac");
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => new AudioDecoder(new MediaLimits { MaxChannels = 2 }).DecodeFileAsync(path));
        Assert.Contains("8 channels; 2 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_SoundOfAVideo_IsItsTone()
    {
        var clip = await Decoder.DecodeFileAsync(GeneratedMedia.Video);
        Assert.Equal("aac", clip.Source.Codec);
        AssertTone(clip, 440);
    }

    [Fact]
    public async Task Decode_VideoWithoutSound_SaysSo()
    {
        var error = await Assert.ThrowsAsync<MissingStreamException>(() => Decoder.DecodeFileAsync(GeneratedMedia.SilentVideo));
        Assert.Contains("no audio", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_RawG722_IsBelievedFromItsName()
    {
        var path = GeneratedMedia.Tone("tone.g722");
        AssertTone(await Decoder.DecodeFileAsync(path), 1_000);
    }

    [Fact]
    public async Task Decode_SilenceOnly_IsAClipOfZeros()
    {
        var path = GeneratedMedia.Make("silence.flac", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "2");
        Assert.All((await Decoder.DecodeFileAsync(path)).Samples.ToArray(), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public async Task Decode_TenHoursOfSilence_IsRefusedByTheHeader()
    {
        // Bytes 21 to 25 of a FLAC file hold its number of samples: 36 bits, the upper four shared with the sample size.
        var flac = await File.ReadAllBytesAsync(
            GeneratedMedia.Make("silent.flac", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "1"), TestContext.Current.CancellationToken);
        BinaryPrimitives.WriteUInt32BigEndian(flac.AsSpan(22), 36_000u * 48_000);
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => Decoder.DecodeAsync(flac));
        Assert.Contains("36000.0 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_RealRecordings_HaveTheirLength()
    {
        var clip = await Decoder.DecodeFileAsync(ReferenceData.Media("clips", "swiz3n.mpg"));
        Assert.Equal(new AudioSource(44_100, 2, "mp2"), clip.Source);
        Assert.InRange(clip.Seconds, 2.9, 3.0);
    }

    /// <summary>Most of the power is at the frequency (one DFT bin over whole periods).</summary>
    private static void AssertTone(AudioClip clip, double frequency)
    {
        var samples = clip.Samples.Span.Slice(4_000, 16_000);
        double real = 0, imaginary = 0, power = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var angle = 2 * Math.PI * frequency * i / AudioClip.SampleRate;
            real += samples[i] * Math.Cos(angle);
            imaginary += samples[i] * Math.Sin(angle);
            power += samples[i] * (double)samples[i];
        }

        var share = 2 * ((real * real) + (imaginary * imaginary)) / samples.Length / power;
        Assert.InRange(share, 0.97, 1.01);
    }
}
