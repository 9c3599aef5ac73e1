using FaceVoice.Models.Sessions;
using FaceVoice.Testing.Models;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Inputs that a caller should not send must not give numbers that are none, nor touch the other rows.</summary>
public sealed class SpeakerExporterRobustnessTests : IDisposable
{
    private readonly OnnxSession _session = OnnxSession.Load(SpeakerExporter.Export("xvector", RandomWeights.XVector(1, 24, [16, 16, 16, 16, 24], 12)).Onnx.ToArray());

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(159)]
    [InlineData(160)]
    [InlineData(479)]
    public void Run_RowTooShort_StaysFinite(int length)
    {
        var embedding = SpeakerSessions.Embed(_session, [Noise(length, 1)], extraSamples: length == 0 ? 1 : 0)[0];
        Assert.All(embedding, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Run_Silence_StaysFinite() =>
        Assert.All(SpeakerSessions.Embed(_session, [new float[16_000]])[0], value => Assert.True(float.IsFinite(value)));

    [Theory]
    [InlineData(-5L)]
    [InlineData(1_000_000L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Run_LengthOutsideTheRow_IsClamped(long length)
    {
        using var result = _session.Run(new OnnxInput("waveform", Noise(8000, 2), 1, 8000), new OnnxInput("lengths", new[] { length }, 1));
        using var clamped = _session.Run(new OnnxInput("waveform", Noise(8000, 2), 1, 8000), new OnnxInput("lengths", new[] { Math.Clamp(length, 0, 8000) }, 1));
        Assert.Equal(clamped.Floats(0).ToArray(), result.Floats(0).ToArray());
    }

    [Fact]
    public void Run_EveryLengthWithinAFrame_BatchEqualsAlone()
    {
        // Whole hops, one sample less and more, and lengths in between: the frames at a row's end are where padding would leak.
        float[][] rows = [.. new[] { 480, 481, 639, 640, 799, 800, 801, 5000, 16_000, 15_999 }.Select((length, i) => Noise(length, i))];

        var together = SpeakerSessions.Embed(_session, rows, padding: -0.9f, extraSamples: 777);

        for (var i = 0; i < rows.Length; i++)
        {
            Assert.InRange(SpeakerSessions.LargestDifference(SpeakerSessions.Embed(_session, [rows[i]])[0], together[i]), 0f, 1e-5f);
        }
    }

    private static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        var samples = new float[length];
        for (var i = 0; i < length; i++)
        {
            samples[i] = (random.NextSingle() - 0.5f) * 0.4f;
        }

        return samples;
    }
}
