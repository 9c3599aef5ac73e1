using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Networks.Features;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Exported encoders, run by ONNX Runtime, against the LibTorch modules that they were exported from.</summary>
public sealed class SpeakerExporterTorchTests
{
    [Fact]
    public void Export_XVectorOfOtherShape_EqualsItsModule() => AssertParity(new XVector(new XVectorOptions
    {
        MelBins = 40,
        Channels = [24, 32, 16, 40],
        KernelSizes = [5, 3, 7, 1],
        Dilations = [1, 2, 1, 1],
        EmbeddingDimension = 20,
    }));

    [Fact]
    public void Export_EcapaWithShortcuts_EqualsItsModule() => AssertParity(new EcapaTdnn(new EcapaTdnnOptions
    {
        MelBins = 40,
        Channels = [16, 24, 32, 40],
        KernelSizes = [5, 3, 5, 3],
        Dilations = [1, 2, 3, 2],
        AttentionChannels = 8,
        SqueezeChannels = 12,
        Res2NetScale = 4,
        EmbeddingDimension = 20,
    }));

    [Fact]
    public void Export_ResNet_EqualsItsModule() => AssertParity(new SpeakerResNet(new SpeakerResNetOptions
    {
        Channels = [4, 8, 12],
        Blocks = [1, 2, 1],
        AttentionChannels = 8,
        EmbeddingSize = 20,
    }));

    private static void AssertParity(SpeakerNetwork network)
    {
        using (network)
        {
            network.LoadWeights(network.SaveWeights().Select(WithLivelyNorms).ToDictionary(tensor => tensor.Name));
            network.eval();
            float[][] rows = [Tone(20_000, 1), Tone(9_119, 2), Tone(12_960, 3)];
            using var session = OnnxSession.Load(SpeakerExporter.Export(network).Onnx.ToArray());
            var together = SpeakerSessions.Embed(session, rows, padding: 0.3f);
            for (var i = 0; i < rows.Length; i++)
            {
                var expected = Module(network, rows[i]);
                Assert.InRange(SpeakerSessions.LargestDifference(expected, SpeakerSessions.Embed(session, [rows[i]])[0]), 0f, 1e-5f);
                Assert.InRange(SpeakerSessions.LargestDifference(expected, together[i]), 0f, 1e-5f);
            }
        }
    }

    private static float[] Module(SpeakerNetwork network, float[] samples)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        using var fbank = new FbankModule(network.MelBins);
        var features = fbank.forward(torch.tensor(samples, [1, samples.Length]));
        var embedding = network.forward(FbankModule.SubtractMean(features));
        return torch.nn.functional.normalize(embedding).ToArray<float>();
    }

    // A fresh BatchNorm does next to nothing, and nothing would show where it is applied wrongly.
    private static NamedTensor WithLivelyNorms(NamedTensor tensor)
    {
        if (tensor.ElementType != TensorElementType.Float32 || !(tensor.Name.Contains("norm", StringComparison.Ordinal) || tensor.Name.Contains("bn", StringComparison.Ordinal)))
        {
            return tensor;
        }

        var random = new Random(tensor.Name.Length + tensor.Count);
        var centre = tensor.Name.EndsWith("weight", StringComparison.Ordinal) || tensor.Name.EndsWith("var", StringComparison.Ordinal) ? 1f : 0.2f;
        return new NamedTensor(tensor.Name, [.. tensor.Shape], [.. Enumerable.Range(0, tensor.Count).Select(_ => centre + random.NextSingle() - 0.5f)]);
    }

    private static float[] Tone(int length, int seed)
    {
        var random = new Random(seed);
        var samples = new float[length];
        for (var i = 0; i < length; i++)
        {
            samples[i] = (0.2f * MathF.Sin(i * (0.02f + (0.01f * seed)) * (1 + (i / 30_000f)))) + ((random.NextSingle() - 0.5f) * 0.05f);
        }

        return samples;
    }
}
