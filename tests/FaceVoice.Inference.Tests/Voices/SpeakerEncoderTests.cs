using FaceVoice.Inference.Voices;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Tests.Voices;

/// <summary>The encoder's contract, on a small network of random weights.</summary>
public sealed class SpeakerEncoderTests : IDisposable
{
    private const int Dimension = 24;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("facevoice-speaker-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Encode_Sound_HasUnitLengthAndIsItsOwn()
    {
        using var encoder = new SpeakerEncoder(WriteModel("waveform"), Dimension);
        var embedding = encoder.Encode(TestSounds.Noise(1, 0.1f));
        Assert.Equal(Dimension, encoder.Dimension);
        Assert.Equal(1, Math.Sqrt(embedding.Sum(value => value * value)), 1e-5);
        Assert.NotEqual(embedding, encoder.Encode(TestSounds.Tone(1, 0.3f, 300)));
    }

    [Fact]
    public void EncodeBatch_EqualLengths_AgreesWithSingleRuns()
    {
        using var encoder = new SpeakerEncoder(WriteModel("waveform"));
        ReadOnlyMemory<float>[] clips = [TestSounds.Noise(1, 0.1f, 1), TestSounds.Noise(1, 0.2f, 2), TestSounds.Tone(1, 0.3f, 300)];
        var batch = new float[3 * Dimension];
        encoder.EncodeBatch(clips, batch);
        for (var row = 0; row < clips.Length; row++)
        {
            Assert.All(encoder.Encode(clips[row]).Zip(batch[(row * Dimension)..]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void Construct_AnotherInputName_NamesWhatThereIs()
    {
        var error = Assert.Throws<OnnxModelException>(() => new SpeakerEncoder(WriteModel("wav")));
        Assert.Contains("waveform float32 [?, ?]", error.Message, StringComparison.Ordinal);
        Assert.Contains("wav float32 [?, ?]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_AnotherDimension_NamesBoth()
    {
        var error = Assert.Throws<OnnxModelException>(() => new SpeakerEncoder(WriteModel("waveform"), 192));
        Assert.Contains("192", error.Message, StringComparison.Ordinal);
        Assert.Contains("24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_TooShort_IsRefused()
    {
        using var encoder = new SpeakerEncoder(WriteModel("waveform"));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => encoder.Encode(new float[SpeakerEncoder.MinSamples - 1]));
    }

    [Fact]
    public void Encode_NotANumber_IsNeverAnswered()
    {
        using var encoder = new SpeakerEncoder(WriteModel("waveform"));
        var samples = TestSounds.Noise(1, 0.1f);
        samples[777] = float.NaN;
        Assert.Throws<NonFiniteOutputException>(() => encoder.Encode(samples));
    }

    private string WriteModel(string input)
    {
        var random = new Random(1);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        var graph = new OnnxGraphBuilder("tiny");
        var waveform = graph.Input(input, TensorElement.Real32, "batch", "samples");
        graph.Input("lengths", TensorElement.Integer64, "batch");
        var channel = graph.Add("Unsqueeze", [waveform, graph.Integers(1)]);
        var filtered = graph.Add("Conv", [channel, graph.Initializer(new NamedTensor("filters", [16, 1, 400], Weights(6400)))], OnnxAttribute.Of("strides", [160L]));
        var mean = graph.Add(
            "ReduceMean", [graph.Add("Abs", [filtered])], OnnxAttribute.Of("axes", [2L]), OnnxAttribute.Of("keepdims", 0L));
        var projected = graph.Add(
            "MatMul", [mean, graph.Initializer(new NamedTensor("projection", [16, Dimension], Weights(16 * Dimension)))]);
        graph.Output("embedding", projected, TensorElement.Real32, "batch", Dimension);
        var path = Path.Combine(_folder.FullName, "speaker.onnx");
        File.WriteAllBytes(path, graph.ToArray());
        return path;
    }
}
