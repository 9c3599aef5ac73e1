using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using FaceVoice.Media.Audio.InProcess;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Tests.Audio.InProcess;

/// <summary>
/// Damaged files by the thousand: each must end in samples that are numbers, or in a refusal, and never in an exception or without an end. Some
/// hundred in every run; <c>FACEVOICE_FUZZ_SECONDS</c> continues for so long with each file, from a seed that is printed.
/// </summary>
public sealed class InProcessFuzzTests(ITestOutputHelper output)
{
    private const int FilesInEveryRun = 300;
    private static readonly MediaLimits Limits = new();

    private static readonly MediaBatch Files = new(
        ["-f", "lavfi", "-i", InProcessDecoderTests.Vowels],
        [
            ("fuzz-silk.opus", "-t 0.6 -c:a libopus -b:a 16k -application voip"),
            ("fuzz-hybrid.opus", "-t 0.6 -c:a libopus -b:a 32k -application voip"),
            ("fuzz-celt.opus", "-t 0.6 -ac 2 -c:a libopus -b:a 96k"),
            ("fuzz.webm", "-t 0.6 -c:a libopus -b:a 32k"),
            ("fuzz-1.mp3", "-t 0.6 -ac 2 -ar 44100 -c:a libmp3lame -b:a 128k"),
            ("fuzz-2.mp3", "-t 0.6 -ac 1 -ar 22050 -c:a libmp3lame -b:a 32k"),
        ]);

    [Theory]
    [InlineData("fuzz-silk.opus")]
    [InlineData("fuzz-hybrid.opus")]
    [InlineData("fuzz-celt.opus")]
    [InlineData("fuzz.webm")]
    public Task TryDecode_DamagedOpus_EndsInNumbersOrARefusal(string name) => DecodeDamagedAsync(name);

    [Theory]
    [InlineData("fuzz-1.mp3")]
    [InlineData("fuzz-2.mp3")]
    public Task TryDecode_DamagedMp3_EndsInNumbersOrARefusal(string name) => DecodeDamagedAsync(name);

    private async Task DecodeDamagedAsync(string name)
    {
        var whole = await File.ReadAllBytesAsync(Files[name], TestContext.Current.CancellationToken);
        var kind = MediaSignature.RequireRecording(whole.AsSpan(0, Math.Min(whole.Length, MediaSignature.HeadBytes)));
        var seconds = double.Parse(Environment.GetEnvironmentVariable("FACEVOICE_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var seed = seconds > 0 ? Environment.TickCount : 1;
        var random = new Random(seed);
        var (started, files, decoded, slowest) = (Stopwatch.GetTimestamp(), 0, 0, 0.0);
        var samples = new float[1 << 16];
        for (; files < FilesInEveryRun || Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; files++)
        {
            var damaged = Damage(whole, random, repairOgg: kind == MediaSignature.Ogg);
            var before = Stopwatch.GetTimestamp();
            try
            {
                if (InProcessDecoder.TryDecode(damaged, kind, Limits, maxSeconds: 60, CancellationToken.None) is { } audio)
                {
                    await using (audio)
                    {
                        decoded++;
                        int frames;
                        while ((frames = await audio.ReadAsync(samples, CancellationToken.None)) > 0)
                        {
                            Assert.True(TensorPrimitives.IsFiniteAll<float>(samples.AsSpan(0, frames * audio.Source.Channels)));
                        }
                    }
                }
            }
            catch (MediaLimitException)
            {
                // It claims too much; others must not come out.
            }

            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(before).TotalSeconds);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: seed {seed}, {files} files, {decoded} decoded, slowest {slowest:F2} s"));
    }

    /// <summary>Flips, overwrites, cuts, repeats or removes some of the bytes.</summary>
    private static byte[] Damage(byte[] whole, Random random, bool repairOgg)
    {
        var bytes = whole.ToList();
        for (var change = random.Next(1, 20); change > 0 && bytes.Count > 1; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(12))
            {
                case 0 when !repairOgg:
                    bytes.RemoveRange(at, length);
                    break;
                case 1 when !repairOgg:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 2:
                    for (var i = 0; i < length; i++)
                    {
                        bytes[at + i] = (byte)random.Next(256);
                    }

                    break;
                case 3:
                    bytes[at] = (byte)(random.Next(2) * 255);
                    break;
                case 4 when random.Next(20) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        var damaged = bytes.ToArray();
        return repairOgg ? WithRightChecksums(damaged, whole) : damaged;
    }

    /// <summary>
    /// Damage that checksums find is left to FFmpeg at once; the decoders must see it too, so pages keep their frames and get new sums.
    /// </summary>
    private static byte[] WithRightChecksums(byte[] damaged, byte[] whole)
    {
        for (var offset = 0; offset + 27 < damaged.Length;)
        {
            int segments = whole[offset + 26];
            var header = Math.Min(27 + segments, damaged.Length - offset);
            whole.AsSpan(offset, header).CopyTo(damaged.AsSpan(offset));
            var length = 27 + segments + whole.AsSpan(offset + 27, segments).ToArray().Sum(lacing => lacing);
            if (offset + length <= damaged.Length)
            {
                var page = damaged.AsSpan(offset, length);
                page.Slice(22, 4).Clear();
                BinaryPrimitives.WriteUInt32LittleEndian(page[22..], Crc(page));
            }

            offset += length;
        }

        return damaged;
    }

    private static uint Crc(ReadOnlySpan<byte> page)
    {
        var crc = 0u;
        foreach (var value in page)
        {
            crc ^= (uint)value << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ 0x04C1_1DB7 : crc << 1;
            }
        }

        return crc;
    }
}
