using FaceVoice.Testing;

namespace FaceVoice.Models.Tests;

public sealed class WeightsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("module.")]
    [InlineData("mods.embedding_model.")]
    [InlineData("module.mods.embedding_model.")]
    [InlineData("mods.embedding_model.module.")]
    public void Read_WrappedNames_AreTheNetworksOwn(string wrapping)
    {
        var path = Write(new(wrapping + "blocks.0.conv.weight", [1], [1f]), new(wrapping + "blocks.0.conv.bias", [1], [2f]));
        Assert.Equal(["blocks.0.conv.weight", "blocks.0.conv.bias"], WeightsFile.Read(path).Keys);
    }

    [Fact]
    public void Read_WholeInterface_GivesTheNetworkAlone()
    {
        var path = Write(new("mods.classifier.weight", [1], [1f]), new("mods.embedding_model.fc.bias", [1], [2f]));
        Assert.Equal(["fc.bias"], WeightsFile.Read(path).Keys);
    }

    /// <summary>A network may have a layer of that name beside others.</summary>
    [Fact]
    public void Read_ModuleBesideOtherNames_IsLeft()
    {
        var path = Write(new("module.weight", [1], [1f]), new("fc.bias", [1], [2f]));
        Assert.Equal(["module.weight", "fc.bias"], WeightsFile.Read(path).Keys);
    }

    [Fact]
    public void Read_DoublePrecision_BecomesSingle()
    {
        var tensors = WeightsFile.Read(Write(new("a", [2], [0.5, 2.0]), new("n", [1], [3L])));
        Assert.Equal([0.5f, 2f], tensors["a"].Floats.ToArray());
        Assert.Equal([3L], tensors["n"].Integers.ToArray());
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("embedding_model.ckpt")]
    public void Read_LfsPointer_IsNamed(string name)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 16887676\n");
        Assert.Contains("is a Git LFS pointer", Assert.Throws<ModelFormatException>(() => WeightsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private string Write(params NamedTensor[] tensors)
    {
        var path = _folder.File("weights.safetensors");
        new SafeTensorsFile(tensors).Write(path);
        return path;
    }
}
