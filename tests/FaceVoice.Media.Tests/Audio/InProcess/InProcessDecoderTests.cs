using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceVoice.Media.Audio.InProcess;
using FaceVoice.Media.Signatures;
using FaceVoice.Media.Tests.Ffmpeg;

namespace FaceVoice.Media.Tests.Audio.InProcess;

/// <summary>What is decoded in this process is what FFmpeg decodes, sample for sample in place; what is unusual is left to FFmpeg.</summary>
public sealed class InProcessDecoderTests
{
    private static readonly MediaLimits Limits = new();

    /// <summary>Three seconds of something that has pitch, formants, hiss and pauses, as speech has them.</summary>
    internal const string Vowels =
        "aevalsrc=exprs='(0.3*sin(2*PI*(140*t+2*sin(5*t)))+0.2*sin(2*PI*(700*t+9*sin(5*t)))+0.1*sin(2*PI*(1220*t+9*sin(4*t)))"
        + "+0.05*sin(2*PI*(2600*t+9*sin(3*t)))+0.03*(random(0)-0.5))*max(0.01\\,sin(2*PI*1.3*t))':d=3:s=48000";

    private static readonly (string Name, string Arguments)[] Usual =
    [
        ("speech-24k.opus", "-c:a libopus -b:a 24k -application voip"),
        ("speech-64k.opus", "-c:a libopus -b:a 64k"),
        ("stereo.opus", "-ac 2 -c:a libopus -b:a 96k"),
        ("short-frames.opus", "-c:a libopus -b:a 64k -frame_duration 2.5"),
        ("long-frames.opus", "-c:a libopus -b:a 24k -frame_duration 60"),
        ("narrow.opus", "-c:a libopus -b:a 12k -cutoff 4000 -application voip"),
        ("one.webm", "-c:a libopus -b:a 32k"),
        ("stereo.webm", "-ac 2 -c:a libopus -b:a 64k"),
        ("live.webm", "-c:a libopus -b:a 32k -live 1 -f webm"),
        ("mono-44.mp3", "-ac 1 -ar 44100 -c:a libmp3lame -b:a 64k"),
        ("joint-44.mp3", "-ac 2 -ar 44100 -c:a libmp3lame -b:a 128k"),
        ("stereo-48.mp3", "-ac 2 -ar 48000 -c:a libmp3lame -joint_stereo 0 -b:a 192k"),
        ("vbr-44.mp3", "-ac 1 -ar 44100 -c:a libmp3lame -q:a 4"),
        ("mono-32.mp3", "-ac 1 -ar 32000 -c:a libmp3lame -b:a 64k"),
        ("mono-22.mp3", "-ac 1 -ar 22050 -c:a libmp3lame -b:a 32k"),
        ("mono-16.mp3", "-ac 1 -ar 16000 -c:a libmp3lame -b:a 32k"),
        ("stereo-16.mp3", "-ac 2 -ar 16000 -c:a libmp3lame -b:a 48k"),
        ("no-tag.mp3", "-ac 1 -ar 44100 -c:a libmp3lame -b:a 64k -write_xing 0"),
        ("tags.mp3", "-ac 1 -ar 44100 -c:a libmp3lame -b:a 64k -id3v2_version 3 -write_id3v1 1 -metadata title=speech"),
    ];

    private static readonly (string Name, string Arguments)[] Unusual =
    [
        ("mono-8.mp3", "-ac 1 -ar 8000 -c:a libmp3lame -b:a 16k"),
        ("surround.opus", "-af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0 -c:a libopus"),
        ("flac.ogg", "-c:a flac"),
        ("two.webm", "-map 0 -map 0 -c:a libopus"),
        ("long.opus", "-af aloop=30:144000 -c:a libopus"),
        ("layer-two.mp2", "-c:a mp2 -ac 1 -ar 44100"),
    ];

    /// <summary>The usual and the unusual ones.</summary>
    internal static readonly MediaBatch Files = new(["-f", "lavfi", "-i", Vowels], [.. Usual, .. Unusual]);

    /// <summary>
    /// The usual ones as FFmpeg decodes them; its own Opus decoder resamples low frequencies by a filter of its own, libopus is the reference.
    /// </summary>
    private static readonly Lazy<MediaBatch> Decoded = new(() => new(
        [.. UsualNames.SelectMany(name => (string[])[.. IsMp3(name) ? (string[])[] : ["-c:a", "libopus"], "-i", Files[name]])],
        [.. UsualNames.Select((name, i) => (name + ".f32", $"-map {i} -c:a pcm_f32le -f f32le"))]));

    public static IEnumerable<string> UsualNames => Usual.Select(file => file.Name);

    public static TheoryData<string> Encodings => [.. UsualNames];

    public static TheoryData<string> UnusualOnes => [.. Unusual.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Decode_EachEncoding_IsWhatFfmpegDecodes(string name)
    {
        var raw = Decoded.Value[name + ".f32"];
        var theirs = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(raw, TestContext.Current.CancellationToken)).ToArray();

        var ours = await DecodeAsync(await ReadAsync(name));

        Assert.NotNull(ours);
        Assert.Equal(theirs.Length, ours.Length);
        var difference = new float[theirs.Length];
        TensorPrimitives.Subtract(ours, theirs, difference);
        var decibels = 10 * Math.Log10(TensorPrimitives.SumOfSquares<float>(theirs) / TensorPrimitives.SumOfSquares<float>(difference));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {decibels:F1} dB, {ours.Length} {theirs.Length}");
        Assert.True(decibels > 60, $"{name}: the difference is only {decibels:F1} dB below the audio");
    }

    [Theory]
    [MemberData(nameof(UnusualOnes))]
    public async Task Decode_Unusual_IsLeftToFfmpeg(string name)
    {
        var bytes = await ReadAsync(name);
        Assert.Null(await DecodeAsync(bytes));
        Assert.InRange((await new AudioDecoder(Limits).DecodeAsync(bytes)).Seconds, 2.9, 100);
    }

    [Theory]
    [InlineData("speech-64k.opus")]
    [InlineData("one.webm")]
    [InlineData("mono-44.mp3")]
    public async Task Decode_CutOffOrDamagedInItsFrame_IsLeftToFfmpeg(string name)
    {
        var bytes = await ReadAsync(name);
        Assert.NotNull(await DecodeAsync(bytes));
        for (var tenth = 1; tenth < 10; tenth++)
        {
            Assert.Null(await DecodeAsync(bytes[..(bytes.Length * tenth / 10)]));
        }

        Assert.Null(await DecodeAsync([.. bytes, 0]));
        Assert.Null(await DecodeAsync([.. bytes, .. bytes])); // chained
    }

    [Fact]
    public async Task Decode_OpusHeaderWithGain_IsLouder()
    {
        var bytes = await ReadAsync("one.webm");
        var quiet = await DecodeAsync(bytes);
        bytes[bytes.AsSpan().IndexOf("OpusHead"u8) + 17] = 6; // 6 dB in 1/256
        var loud = await DecodeAsync(bytes);
        Assert.Equal(Math.Pow(10, 6 / 20.0), TensorPrimitives.Norm<float>(loud!) / TensorPrimitives.Norm<float>(quiet!), 0.05);
    }

    [Fact]
    public async Task Decode_Cancelled_Stops()
    {
        var bytes = await ReadAsync("mono-44.mp3");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new AudioDecoder(Limits).DecodeAsync(bytes, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Decode_LimitsOfSecondsRateAndTime_Hold()
    {
        var bytes = await ReadAsync("mono-44.mp3");
        foreach (var (limits, text) in new[]
        {
            (new MediaLimits { MaxClipSeconds = 2 }, "2.0 s are allowed"),
            (new MediaLimits { MaxSampleRate = 32_000 }, "44100 samples a second"),
            (new MediaLimits { MaxBytes = 1_024 }, "1,024 are allowed"),
            (new MediaLimits { FfmpegWallSeconds = 1e-9 }, "took longer"),
        })
        {
            var error = await Assert.ThrowsAsync<MediaLimitException>(() => new AudioDecoder(limits).DecodeAsync(bytes));
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<float[]?> DecodeAsync(byte[] bytes)
    {
        var kind = MediaSignature.RequireRecording(bytes.AsSpan(0, Math.Min(bytes.Length, MediaSignature.HeadBytes)));
        if (InProcessDecoder.TryDecode(bytes, kind, Limits, maxSeconds: 1_000, CancellationToken.None) is not { } decoded)
        {
            return null;
        }

        await using (decoded)
        {
            var samples = new List<float>();
            var block = new float[1 << 16];
            for (int frames; (frames = await decoded.ReadAsync(block, CancellationToken.None)) > 0;)
            {
                samples.AddRange(block.AsSpan(0, frames * decoded.Source.Channels));
            }

            return [.. samples];
        }
    }

    private static bool IsMp3(string name) => name.EndsWith(".mp3", StringComparison.Ordinal);

    private static Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(Files[name], TestContext.Current.CancellationToken);
}

/// <summary>The same files where FFmpeg would be noticed.</summary>
[Collection(AloneCollection.Name)]
public sealed class InProcessAloneTests
{
    [Fact]
    public async Task Decode_ShortOpusAndMp3_StartsNoProcess()
    {
        using var noFfmpeg = new FakeFfmpeg("exit 1");
        foreach (var name in InProcessDecoderTests.UsualNames)
        {
            var bytes = await File.ReadAllBytesAsync(InProcessDecoderTests.Files[name], TestContext.Current.CancellationToken);
            Assert.InRange((await new AudioDecoder(new MediaLimits()).DecodeAsync(bytes)).Seconds, 2.9, 3.2);
        }
    }
}
