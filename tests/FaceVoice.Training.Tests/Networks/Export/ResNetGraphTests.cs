using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Networks.Features;
using FaceVoice.Training.Networks.Speaker;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Export;

public sealed class ResNetGraphTests
{
    private static readonly float[][] Rows = [Sound(16_000, 1), Sound(7_960, 2), Sound(24_123, 3), Sound(4_000, 4)];

    [Fact]
    public void Export_TrainedStatistics_EqualsTorch()
    {
        using SpeakerResNet network = Settled();
        using OnnxSession session = Session(network);
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();

        foreach (float[] row in Rows)
        {
            using var front = new FbankModule(80);
            Tensor features = front.forward(tensor(row, [1, row.Length]));
            features = features - features.mean([1], keepdim: true);
            float[] expected = nn.functional.normalize(network.forward(features)).ToArray<float>();
            Assert.InRange(SpeakerSessions.LargestDifference(expected, SpeakerSessions.Embed(session, [row])[0]), 0, 1e-5f);
        }
    }

    [Fact]
    public void Export_RowsOfDifferentLength_EachAsAlone()
    {
        using SpeakerResNet network = Settled();
        using OnnxSession session = Session(network);

        float[][] together = SpeakerSessions.Embed(session, Rows, padding: 0.7f, extraSamples: 1_234);

        foreach ((int i, float[] row) in Rows.Index())
        {
            Assert.InRange(SpeakerSessions.LargestDifference(SpeakerSessions.Embed(session, [row])[0], together[i]), 0, 1e-5f);
        }
    }

    private static OnnxSession Session(SpeakerResNet network)
    {
        Dictionary<string, NamedTensor> weights = network.state_dict().Where(item => item.Value.dtype == ScalarType.Float32)
            .ToDictionary(item => item.Key, item => new NamedTensor(item.Key, item.Value.shape, item.Value.ToArray<float>()));
        return OnnxSession.Load(SpeakerExporter.Export("resnet", weights).Onnx.ToArray(), new OnnxSessionOptions());
    }

    /// <summary>Random weights whose BatchNorm statistics were moved away from zero and one.</summary>
    private static SpeakerResNet Settled()
    {
        manual_seed(5);
        var network = new SpeakerResNet(new() { Channels = [4, 6, 8], Blocks = [1, 2, 1], AttentionChannels = 8, EmbeddingSize = 12 });
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        for (int n = 0; n < 5; n++)
        {
            network.forward(randn([4, 60, 80]).mul(12));
        }

        network.eval();
        return network;
    }

    private static float[] Sound(int samples, int seed)
    {
        var random = new Random(seed);
        var sound = new float[samples];
        float low = 0;
        for (int i = 0; i < samples; i++)
        {
            low = (0.9f * low) + (float)(random.NextDouble() - 0.5);
            sound[i] = low * 0.1f * MathF.Sin(i * 0.0007f * seed);
        }

        return sound;
    }
}
