using System.Text.Json;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests;

/// <summary>The reference encoders in both weight formats, held against each other bit by bit and against the list of their keys.</summary>
public sealed class GoldenWeightFileTests
{
    [Theory]
    [InlineData("xvector", 37)]
    [InlineData("ecapa", 231)]
    public void Read_BothFormats_GiveTheSameBits(string architecture, int count)
    {
        var checkpoint = PyTorchCheckpoint.Read(ReferenceData.Golden(architecture, "embedding_model.ckpt"));
        var safetensors = SafeTensorsFile.Read(ReferenceData.Golden(architecture, "embedding_model.safetensors")).Tensors;

        Assert.Equal(count, checkpoint.Count);
        Assert.Equal(checkpoint.Keys.Order(), safetensors.Keys.Order());
        foreach (var (name, tensor) in checkpoint)
        {
            Assert.Equal(Bits(tensor), Bits(safetensors[name]));
            Assert.Equal(tensor.Shape, safetensors[name].Shape);
        }
    }

    [Theory]
    [InlineData("xvector")]
    [InlineData("ecapa")]
    public void Read_Checkpoint_KeepsNamesShapesAndOrder(string architecture)
    {
        var checkpoint = PyTorchCheckpoint.Read(ReferenceData.Golden(architecture, "embedding_model.ckpt"));
        using var keys = JsonDocument.Parse(File.ReadAllBytes(ReferenceData.Golden(architecture, "keys.json")));

        var expected = keys.RootElement.EnumerateArray()
            .Select(key => $"{key[0].GetString()} [{string.Join(", ", key[1].EnumerateArray().Select(size => size.GetInt64()))}]").ToList();
        Assert.Equal(expected, checkpoint.Values.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]"));
    }

    [Fact]
    public void Write_GoldenTensors_ReadBackUnchanged()
    {
        var original = SafeTensorsFile.Read(ReferenceData.Golden("ecapa", "embedding_model.safetensors"));
        using var folder = new TemporaryFolder();
        var path = folder.File("copy.safetensors");

        original.Write(path);

        Assert.Equal(File.ReadAllBytes(ReferenceData.Golden("ecapa", "embedding_model.safetensors")), File.ReadAllBytes(path));
    }

    private static byte[] Bits(NamedTensor tensor) => StoredElement.Encode(tensor);
}
