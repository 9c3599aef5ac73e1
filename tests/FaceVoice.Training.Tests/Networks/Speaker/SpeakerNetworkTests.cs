using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Features;
using FaceVoice.Training.Networks.Speaker;
using Xunit;

namespace FaceVoice.Training.Tests.Networks.Speaker;

public sealed class SpeakerNetworkTests
{
    private static readonly EcapaTdnnOptions GoldenEcapa = new() { Channels = [40, 40, 40, 40, 104], AttentionChannels = 32 };

    [Theory]
    [InlineData("utt_a")]
    [InlineData("utt_b")]
    [InlineData("utt_c")]
    public void XVector_FromWaveform_MatchesReference(string utterance)
    {
        using XVector network = XVector();
        Compare(network, "xvector", utterance, raw: 2e-4);
    }

    [Theory]
    [InlineData("utt_a")]
    [InlineData("utt_b")]
    [InlineData("utt_c")]
    public void Ecapa_FromWaveform_MatchesReference(string utterance)
    {
        using EcapaTdnn network = Ecapa();
        Compare(network, "ecapa", utterance, raw: 5e-4);
    }

    [Fact]
    public void XVector_LayerByLayer_MatchesReference()
    {
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        using XVector network = XVector();
        Dictionary<string, Tensor> expected = GoldenTensors.Npz("xvector", "utt_b_layers.npz");
        List<Tensor> outputs = network.ForwardBlocks(GoldenTensors.Npy("fbank", "utt_b_fbank24_cmn.npy").unsqueeze(0));

        for (int n = 0; n < 15; n++)
        {
            CompareLayer(expected, $"block{n}", outputs[n]);
        }

        GoldenTensors.Close(expected["block15"], outputs[15].squeeze(0), 5e-6);
        GoldenTensors.Close(expected["block16"], outputs[16].squeeze(0), 5e-5);
    }

    [Fact]
    public void Ecapa_LayerByLayer_MatchesReference()
    {
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        using EcapaTdnn network = Ecapa();
        Dictionary<string, Tensor> expected = GoldenTensors.Npz("ecapa", "utt_b_layers.npz");

        foreach ((string name, Tensor output) in network.ForwardParts(GoldenTensors.Npy("fbank", "utt_b_fbank80_cmn.npy").unsqueeze(0)))
        {
            CompareLayer(expected, name, output);
        }
    }

    [Fact]
    public void StateNames_OfReferenceSizes_AreSpeechBrains()
    {
        using XVector xVector = new();
        using EcapaTdnn ecapa = new(GoldenEcapa);
        Assert.Equal(SafeTensorsFile.Read(ReferenceData.Golden("xvector", "embedding_model.safetensors")).Tensors.Keys.Order(), xVector.state_dict().Keys.Order());
        Assert.Equal(SafeTensorsFile.Read(ReferenceData.Golden("ecapa", "embedding_model.safetensors")).Tensors.Keys.Order(), ecapa.state_dict().Keys.Order());
        Assert.Equal(4_211_604, xVector.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Ecapa_OfPublishedSize_HasItsNumberOfParameters()
    {
        using EcapaTdnn network = new();
        Assert.Equal(20_767_552, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void CompactNetworks_WithWeights_StayBelowEightMegabytes()
    {
        using XVector xVector = new(XVectorOptions.Compact);
        using EcapaTdnn ecapa = new(EcapaTdnnOptions.Compact);
        Assert.All<SpeakerNetwork>([xVector, ecapa], network => Assert.InRange(network.parameters().Sum(parameter => parameter.numel()) * 4, 1, 7_500_000));
    }

    [Fact]
    public void Forward_TooShortOrWrongBins_SaysWhatIsNeeded()
    {
        using DisposeScope scope = NewDisposeScope();
        using XVector network = new();
        network.eval();

        Assert.Contains("needs 4 frames", Assert.Throws<ArgumentException>(() => network.forward(zeros(1, 3, 24))).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, frames, 24]", Assert.Throws<ArgumentException>(() => network.forward(zeros(1, 9, 80))).Message, StringComparison.Ordinal);
        Assert.Equal([1, 512], network.forward(zeros(1, 4, 24)).shape);
    }

    [Fact]
    public void LoadWeights_MissingSurplusAndMisshapen_NamesThem()
    {
        using XVector network = new();
        Dictionary<string, NamedTensor> weights = network.SaveWeights().ToDictionary(weight => weight.Name);
        weights.Remove("blocks.0.conv.bias");
        weights.Add("blocks.99.weight", new NamedTensor("blocks.99.weight", [1], [1f]));
        // One value: TorchSharp's own loading would spread it over all 512.
        weights["blocks.16.w.bias"] = new NamedTensor("blocks.16.w.bias", [1], [9f]);

        string message = Assert.Throws<ModelFormatException>(() => network.LoadWeights(weights)).Message;

        Assert.Contains("blocks.0.conv.bias is missing", message, StringComparison.Ordinal);
        Assert.Contains("blocks.99.weight is unknown", message, StringComparison.Ordinal);
        Assert.Contains("blocks.16.w.bias is [1], not [512]", message, StringComparison.Ordinal);
        Assert.DoesNotContain(9f, network.state_dict()["blocks.16.w.bias"].ToArray<float>());
    }

    private static XVector XVector()
    {
        XVector network = new();
        network.LoadWeights(SafeTensorsFile.Read(ReferenceData.Golden("xvector", "embedding_model.safetensors")).Tensors);
        network.eval();
        return network;
    }

    private static EcapaTdnn Ecapa()
    {
        EcapaTdnn network = new(GoldenEcapa);
        network.LoadWeights(SafeTensorsFile.Read(ReferenceData.Golden("ecapa", "embedding_model.safetensors")).Tensors);
        network.eval();
        return network;
    }

    private static void Compare(SpeakerNetwork network, string folder, string utterance, double raw)
    {
        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        using FbankModule fbank = new(network.MelBins);
        Tensor embedding = network.forward(FbankModule.SubtractMean(fbank.forward(GoldenTensors.Audio(utterance))));

        GoldenTensors.Close(GoldenTensors.Npy(folder, $"{utterance}_emb.npy"), embedding.squeeze(0), raw);
        GoldenTensors.Close(GoldenTensors.Npy(folder, $"{utterance}_emb_l2.npy"), nn.functional.normalize(embedding).squeeze(0), 1e-5);
    }

    private static void CompareLayer(Dictionary<string, Tensor> expected, string name, Tensor output)
    {
        const double Tolerance = 5e-5;
        Tensor layer = output.squeeze(0);
        if (expected.TryGetValue(name, out Tensor? whole))
        {
            GoldenTensors.Close(whole, layer, Tolerance);
            return;
        }

        GoldenTensors.Close(expected[name + "_mean"], layer.mean([1]), Tolerance);
        GoldenTensors.Close(expected[name + "_std"], layer.std(1, unbiased: false), Tolerance);
        if (expected.TryGetValue(name + "_first", out Tensor? first))
        {
            GoldenTensors.Close(first, layer.select(1, 0), Tolerance);
            GoldenTensors.Close(expected[name + "_last"], layer.select(1, -1), Tolerance);
        }
    }
}
