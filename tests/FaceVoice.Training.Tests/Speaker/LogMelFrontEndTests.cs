using System.Buffers.Binary;
using FaceVoice.Datasets.Spectra;
using FaceVoice.Testing;
using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class LogMelFrontEndTests
{
    private const float Tolerance = 3e-3f; // the reference's own float32 rounding; two correct programs differ by a third of it

    [Theory]
    [InlineData("utt_a", 80)]
    [InlineData("utt_b", 80)]
    [InlineData("utt_b", 24)]
    public void Extract_ReferenceSpeech_MatchesReference(string utterance, int bands)
    {
        var expected = GoldenArray.Floats("fbank", $"{utterance}_fbank{bands}_cmn.npy");
        var samples = Samples(utterance);
        var frames = LogMelFrontEnd.FrameCount(samples.Length);
        var features = new float[bands * frames];

        new LogMelFrontEnd(bands).Extract(samples, features);

        for (var frame = 0; frame < frames; frame++)
        {
            for (var band = 0; band < bands; band++)
            {
                Assert.Equal(expected[(frame * bands) + band], features[(band * frames) + frame], Tolerance);
            }
        }
    }

    [Fact]
    public void Extract_Silence_IsTheFloor()
    {
        var features = new float[80 * 21];

        new LogMelFrontEnd().Extract(new float[3_200], features, subtractMean: false);

        Assert.All(features, f => Assert.Equal(-100, f, 1e-3f));
    }

    [Fact]
    public void Extract_ManyThreads_SameNumbers()
    {
        var front = new LogMelFrontEnd();
        var sound = SyntheticSpeakers.Sound(1, 1, 8_000);
        var results = new float[8][];

        Parallel.For(0, results.Length, i => front.Extract(sound, results[i] = new float[80 * 51]));

        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    private static float[] Samples(string name)
    {
        var bytes = File.ReadAllBytes(ReferenceData.Golden("audio", $"{name}.wav")).AsSpan(44);
        var samples = new float[bytes.Length / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) / 32_768f;
        }

        return samples;
    }
}
