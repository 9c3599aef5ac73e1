using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Exported encoders, run by ONNX Runtime, against SpeechBrain's embeddings of three recordings.</summary>
public sealed class SpeakerExporterGoldenTests
{
    // The reference's own tolerance: ten times less would still tell every mistake it lists from a correct program.
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("xvector")]
    [InlineData("ecapa")]
    public void Export_EachUtteranceAlone_EqualsTheReference(string architecture)
    {
        using var session = Session(architecture);
        foreach (var name in new[] { "a", "b", "c" })
        {
            AssertEmbedding(architecture, name, SpeakerSessions.Embed(session, [GoldenUtterances.Read(name)])[0]);
        }
    }

    [Theory]
    [InlineData("xvector")]
    [InlineData("ecapa")]
    public void Export_PaddedBatch_EqualsTheReference(string architecture)
    {
        using var session = Session(architecture);
        var embeddings = SpeakerSessions.Embed(session, [GoldenUtterances.Read("a"), GoldenUtterances.Read("b"), GoldenUtterances.Read("c")]);
        AssertEmbedding(architecture, "a", embeddings[0]);
        AssertEmbedding(architecture, "b", embeddings[1]);
        AssertEmbedding(architecture, "c", embeddings[2]);
    }

    [Theory]
    [InlineData("xvector")]
    [InlineData("ecapa")]
    public void Export_NoiseBehindTheEnd_ChangesNothing(string architecture)
    {
        using var session = Session(architecture);
        var embeddings = SpeakerSessions.Embed(session, [GoldenUtterances.Read("b"), GoldenUtterances.Read("a")], padding: 0.7f, extraSamples: 12_345);
        AssertEmbedding(architecture, "b", embeddings[0]);
        AssertEmbedding(architecture, "a", embeddings[1]);
    }

    private static OnnxSession Session(string architecture) =>
        OnnxSession.Load(SpeakerExporter.Export(architecture, PyTorchCheckpoint.Read(ReferenceData.Golden(architecture, "embedding_model.ckpt"))).Onnx.ToArray());

    private static void AssertEmbedding(string architecture, string name, float[] actual)
    {
        var expected = NpyFile.Read(ReferenceData.Golden(architecture, $"utt_{name}_emb_l2.npy")).Floats.Span;
        var difference = SpeakerSessions.LargestDifference(expected, actual);
        TestContext.Current.TestOutputHelper?.WriteLine($"{architecture} {name}: {difference:E1}");
        Assert.InRange(difference, 0f, Tolerance);
    }
}
