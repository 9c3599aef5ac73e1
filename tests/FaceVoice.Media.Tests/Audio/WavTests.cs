using System.Buffers.Binary;
using FaceVoice.Testing;

namespace FaceVoice.Media.Tests.Audio;

public sealed class WavTests
{
    private static readonly AudioDecoder Decoder = new(new MediaLimits());
    private static readonly string[] SampleCodecs = ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"];

    private static readonly MediaBatch SampleFormats = new(
        ["-f", "lavfi", "-i", "sine=700:duration=0.5:sample_rate=16000"], [.. SampleCodecs.Select(codec => ($"{codec}.wav", $"-ac 2 -c:a {codec}"))]);

    private static readonly Lazy<MediaBatch> Mixed = new(() => new(
        [.. SampleCodecs.SelectMany(codec => (string[])["-i", SampleFormats[$"{codec}.wav"]])],
        [.. SampleCodecs.Select((codec, i) => ($"{codec}.f32", $"-map {i} -af pan=mono|c0=0.5*c0+0.5*c1 -c:a pcm_f32le -f f32le"))]));

    [Fact]
    public async Task WavWriter_ReadBack_IsTheSameWithinHalfAStep()
    {
        var samples = Enumerable.Range(0, 5_000).Select(i => MathF.Sin(i * 0.05f) * 0.9f).ToArray();

        var clip = await Decoder.DecodeAsync(WavWriter.Encode(samples));

        Assert.Equal(new AudioSource(16_000, 1, "pcm_s16le"), clip.Source);
        Assert.Equal(samples.Length, clip.Samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            Assert.Equal(samples[i], clip.Samples.Span[i], 0.5f / 32_768);
        }
    }

    [Fact]
    public void WavWriter_OpenedByAnotherReader_IsSixteenKilohertzMono()
    {
        var path = GeneratedMedia.Write("ours.wav", WavWriter.Encode(new float[48_000]));
        var report = GeneratedMedia.Run("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels,duration", "-of", "csv=p=0", path);
        Assert.Equal("pcm_s16le,16000,1,3.000000", report.Trim());
    }

    [Fact]
    public async Task WavWriter_OutOfRangeAndNaN_AreClampedAndSilenced()
    {
        var clip = await Decoder.DecodeAsync(WavWriter.Encode([2f, -2f, float.NaN, 1f, -1f]));
        Assert.Equal([32_767f / 32_768, -1f, 0f, 32_767f / 32_768, -1f], clip.Samples.ToArray());
    }

    [Fact]
    public async Task Decode_GoldenUtterance_IsItsIntegersOver32768()
    {
        var path = ReferenceData.Golden("audio", "utt_a.wav");
        var clip = await Decoder.DecodeFileAsync(path);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(48_000, clip.Samples.Length);
        for (var i = 0; i < 48_000; i += 97)
        {
            Assert.Equal(BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(44 + (i * 2))) / 32_768f, clip.Samples.Span[i]);
        }
    }

    [Theory]
    [InlineData("RIFX")]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public async Task Decode_KinOfWav_AreTheSameSamples(string form)
    {
        var samples = Enumerable.Range(0, 16_000).Select(i => MathF.Sin(i * 0.05f) * 0.9f).ToArray();
        var wav = WavWriter.Encode(samples);
        var data = wav[44..];
        byte[] file;
        if (form == "RIFX")
        {
            // All numbers of more than a byte the other way round: 4 of the size, then those of "fmt ", then the samples.
            file = [.. "RIFX"u8, .. wav[4..]];
            foreach (var (at, length) in new[] { (4, 4), (16, 4), (20, 2), (22, 2), (24, 4), (28, 4), (32, 2), (34, 2), (40, 4) })
            {
                file.AsSpan(at, length).Reverse();
            }

            for (var at = 44; at < file.Length; at += 2)
            {
                file.AsSpan(at, 2).Reverse();
            }
        }
        else
        {
            var sizes = new byte[28];
            BinaryPrimitives.WriteInt64LittleEndian(sizes, wav.Length + 28);
            BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), data.Length);
            BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(16), samples.Length);
            byte[] unknown = [0xFF, 0xFF, 0xFF, 0xFF];
            file = [.. System.Text.Encoding.ASCII.GetBytes(form), .. unknown, .. "WAVEds64"u8, 28, 0, 0, 0, .. sizes, .. wav[12..36], .. "data"u8, .. unknown, .. data];
        }

        var clip = await Decoder.DecodeAsync(file);
        Assert.Equal((await Decoder.DecodeAsync(wav)).Samples.ToArray(), clip.Samples.ToArray());
    }

    [Theory]
    [InlineData("pcm_u8", 0.01)]
    [InlineData("pcm_s16le", 1e-4)]
    [InlineData("pcm_s24le", 1e-6)]
    [InlineData("pcm_s32le", 1e-6)]
    [InlineData("pcm_f32le", 1e-6)]
    [InlineData("pcm_f64le", 1e-6)]
    public async Task Decode_EachSampleFormat_AgreesWithFfmpegAndStartsNoProcess(string codec, double tolerance)
    {
        var raw = Mixed.Value[$"{codec}.f32"];

        var clip = await Decoder.DecodeFileAsync(SampleFormats[$"{codec}.wav"]);

        Assert.Equal(codec, clip.Source.Codec);
        Assert.Equal(2, clip.Source.Channels);
        var expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(raw, TestContext.Current.CancellationToken)).ToArray();
        Assert.Equal(expected.Length, clip.Samples.Length);
        Assert.All(expected.Zip(clip.Samples.ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Fact]
    public async Task Decode_MuLawInWav_GoesThroughFfmpeg()
    {
        var path = GeneratedMedia.Tone("mulaw.wav");
        var clip = await Decoder.DecodeFileAsync(path);
        Assert.Equal(new AudioSource(8_000, 1, "pcm_mulaw"), clip.Source);
        Assert.Equal(2.0, clip.Seconds, 0.01);
    }

    [Fact]
    public async Task Decode_CutOff_IsReadToItsEndWithAWarningOrRefused()
    {
        var wav = WavWriter.Encode(new float[32_000]).AsMemory(0, 44 + 20_001);

        var clip = await Decoder.DecodeAsync(wav);
        var error = await Assert.ThrowsAsync<CorruptMediaException>(() => new AudioDecoder(new MediaLimits(), new() { Strict = true }).DecodeAsync(wav));

        Assert.Equal(10_000, clip.Samples.Length);
        Assert.Contains("promises 2.0 s of audio, 0.6 s are there", Assert.Single(clip.Warnings), StringComparison.Ordinal);
        Assert.Contains("promises 2.0 s of audio, 0.6 s are there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(300_000_000)]
    [InlineData(2_002)]
    public async Task Decode_SizeBeyondTheEnd_IsReadToTheEnd(int size)
    {
        var wav = WavWriter.Encode(new float[1_000]);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), size);
        var clip = await Decoder.DecodeAsync(wav);
        Assert.Equal(1_000, clip.Samples.Length);
        Assert.Equal(size > 1_000_000, clip.Warnings.Count == 1);
    }

    [Fact]
    public async Task Decode_LengthUnknownToItsWriter_ReadsToTheEnd()
    {
        foreach (var size in new[] { 0u, uint.MaxValue, 0x7FFF_FFFFu })
        {
            var wav = WavWriter.Encode(new float[1_000]);
            BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), size);
            Assert.Equal(1_000, (await Decoder.DecodeAsync(wav)).Samples.Length);
        }
    }

    [Fact]
    public async Task Decode_TruncatedAnywhere_GivesWhatIsThereOrATypedError()
    {
        var wav = WavWriter.Encode(new float[1_000]);
        for (var length = 0; length < wav.Length; length += length < 64 ? 1 : 64)
        {
            if (length < 46)
            {
                await Assert.ThrowsAnyAsync<InvalidMediaException>(() => Decoder.DecodeAsync(wav.AsMemory(0, length)));
            }
            else
            {
                Assert.Equal((length - 44) / 2, (await Decoder.DecodeAsync(wav.AsMemory(0, length))).Samples.Length);
            }
        }
    }

    [Fact]
    public async Task Decode_LongerThanAllowed_IsRefusedByTheHeader()
    {
        var wav = WavWriter.Encode(new float[32_000]);
        var strict = new AudioDecoder(new MediaLimits { MaxClipSeconds = 1 });
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => strict.DecodeAsync(wav));
        Assert.Contains("2.0 s long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_LongerThanAllowedWithoutSayingSo_StopsWhileDecoding()
    {
        var wav = WavWriter.Encode(new float[32_000]);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), 0);
        var strict = new AudioDecoder(new MediaLimits { MaxClipSeconds = 1 });
        await Assert.ThrowsAsync<MediaLimitException>(() => strict.DecodeAsync(wav));
    }

    [Theory]
    [InlineData(22, 0, typeof(CorruptMediaException))]
    [InlineData(22, 200, typeof(MediaLimitException))]
    [InlineData(24, 1, typeof(MediaLimitException))]
    [InlineData(24, 0, typeof(CorruptMediaException))]
    [InlineData(32, 3, typeof(CorruptMediaException))]
    [InlineData(16, 255, typeof(CorruptMediaException))]
    public async Task Decode_AbsurdField_IsATypedError(int offset, short value, Type expected)
    {
        var wav = WavWriter.Encode(new float[1_000]);
        wav.AsSpan(24, offset == 24 ? 4 : 0).Clear();
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(offset), value);
        Assert.IsType(expected, await Record.ExceptionAsync(() => Decoder.DecodeAsync(wav)));
    }

    [Fact]
    public async Task Decode_FloatThatIsNoNumber_IsCorrupt()
    {
        var path = GeneratedMedia.Make("float.wav", "-f", "lavfi", "-i", "sine=700:duration=0.1:sample_rate=16000", "-c:a", "pcm_f32le", "-bitexact");
        var wav = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        foreach (var wild in new[] { float.NaN, float.PositiveInfinity, 30_000f })
        {
            BinaryPrimitives.WriteSingleLittleEndian(wav.AsSpan(wav.Length - 400), wild);
            await Assert.ThrowsAsync<CorruptMediaException>(() => Decoder.DecodeAsync(wav));
        }
    }

    [Fact]
    public async Task ReadChunks_WavOfSeveralChunks_JoinsToTheWholeClip()
    {
        var path = GeneratedMedia.Tone("44100.wav");
        var whole = await Decoder.DecodeFileAsync(path);
        var joined = new List<float>();
        await foreach (var chunk in Decoder.ReadChunksAsync(path, 0.7))
        {
            Assert.Equal(joined.Count / 16_000.0, chunk.StartSeconds, 6);
            joined.AddRange(chunk.Clip.Samples.ToArray());
        }

        Assert.Equal(whole.Samples.ToArray(), joined);
    }
}
