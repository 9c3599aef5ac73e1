using FaceVoice.Models;
using FaceVoice.Testing.Models;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Weights that do not fit are refused with the names of the tensors.</summary>
public sealed class StateDictMismatchTests
{
    [Fact]
    public void Export_MissingSurplusAndMisshapenTensors_AreAllNamed()
    {
        var weights = Weights();
        weights.Remove("blocks.3.conv.bias");
        weights["extra.weight"] = new NamedTensor("extra.weight", [2], [1f, 2f]);
        weights["blocks.6.conv.weight"] = new NamedTensor("blocks.6.conv.weight", [8, 8, 5], new float[320]);

        var error = Assert.Throws<StateDictMismatchException>(() => SpeakerExporter.Export("xvector", weights));

        Assert.Equal(["blocks.3.conv.bias [8]"], error.Missing);
        Assert.Equal(["extra.weight float32[2]"], error.Surplus);
        Assert.Equal(["blocks.6.conv.weight float32[8, 8, 5], needed is float32[8, 8, 3]"], error.Misshapen);
        Assert.Contains("extra.weight", error.Message);
    }

    [Fact]
    public void Export_OtherArchitecture_IsRefused()
    {
        var error = Assert.Throws<StateDictMismatchException>(() => SpeakerExporter.Export("ecapa", Weights()));
        Assert.Contains("mfa.conv.conv.weight [3072, 3072, 1]", error.Missing);
        Assert.Contains("By their names they are those of xvector.", error.Message);
    }

    [Fact]
    public void Export_DoublePrecision_IsRefused()
    {
        var weights = Weights();
        weights["blocks.0.conv.bias"] = new NamedTensor("blocks.0.conv.bias", [8], new double[8]);
        Assert.Contains("float64[8]", Assert.Throws<StateDictMismatchException>(() => SpeakerExporter.Export("xvector", weights)).Message);
    }

    [Fact]
    public void Export_NonFiniteWeight_NamesTheTensor()
    {
        var weights = Weights();
        weights["blocks.0.conv.bias"] = new NamedTensor("blocks.0.conv.bias", [8], [1, 2, 3, float.NaN, 5, 6, 7, 8]);
        Assert.Contains("blocks.0.conv.bias", Assert.Throws<ModelFormatException>(() => SpeakerExporter.Export("xvector", weights)).Message);
    }

    [Fact]
    public void Export_BatchCounters_AreIgnored()
    {
        var weights = Weights();
        weights["blocks.2.norm.num_batches_tracked"] = new NamedTensor("blocks.2.norm.num_batches_tracked", [], [3L]);
        Assert.Equal(6, SpeakerExporter.Export("xvector", weights).Spec.Dimension);
    }

    [Fact]
    public void Export_UnknownArchitecture_ListsTheKnown() =>
        Assert.Contains("xvector, ecapa", Assert.Throws<ArgumentException>("architecture", () => SpeakerExporter.Export("wavlm", Weights())).Message);

    [Fact]
    public void HeadExport_MissingNorm_IsNamed()
    {
        var weights = RandomWeights.Head(1, 4, 3, 2).ToDictionary();
        weights.Remove("ln1.weight");
        Assert.Equal(["ln1.weight [3]"], Assert.Throws<StateDictMismatchException>(() => HeadExporter.Export("face_head", weights)).Missing);
    }

    private static Dictionary<string, NamedTensor> Weights() => RandomWeights.XVector(1, 24, [8, 8, 8, 8, 12], 6).ToDictionary();
}
