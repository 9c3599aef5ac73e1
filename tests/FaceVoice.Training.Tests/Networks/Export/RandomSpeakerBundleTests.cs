using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;
using FaceVoice.Testing.Models;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>The bundle that other tests stand on is a valid one.</summary>
public sealed class RandomSpeakerBundleTests
{
    [Fact]
    public void Create_SameSeed_GivesTheSameModel()
    {
        using var folder = new TemporaryFolder();
        var first = RandomSpeakerBundle.Create(folder.File("a"), seed: 7);
        var second = RandomSpeakerBundle.Create(folder.File("b"), seed: 7);
        var other = RandomSpeakerBundle.Create(folder.File("c"), seed: 8);

        Assert.Equal(first.ModelId, second.ModelId);
        Assert.NotEqual(first.ModelId, other.ModelId);
        Assert.Equal(first.ModelId, ModelBundle.Open(first.Directory).ModelId);
    }

    [Fact]
    public void Create_EveryPart_GivesUnitLength()
    {
        using var folder = new TemporaryFolder();
        var bundle = RandomSpeakerBundle.Create(folder.Path);
        using var speaker = OnnxSession.Load(bundle.SpeakerEncoderPath);
        using var head = OnnxSession.Load(bundle.VoiceHeadPath);

        var random = new Random(3);
        var embedding = SpeakerSessions.Embed(speaker, [[.. Enumerable.Range(0, 16_000).Select(_ => (random.NextSingle() * 2) - 1)]])[0];
        using var joint = head.Run(new OnnxInput("embedding", embedding, 1, embedding.Length));

        Assert.Equal(RandomSpeakerBundle.SpeakerDimension, embedding.Length);
        Assert.Equal(1, embedding.Sum(x => x * x), 1e-5);
        Assert.Equal([1L, RandomSpeakerBundle.JointDimension], joint.Shape(0));
        Assert.Equal(1, joint.Floats(0).ToArray().Sum(x => x * x), 1e-5);
    }
}
