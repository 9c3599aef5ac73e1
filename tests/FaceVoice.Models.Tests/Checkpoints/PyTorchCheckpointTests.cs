using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.Checkpoints;

/// <summary>What a checkpoint may hold, read to the last bit.</summary>
public sealed class PyTorchCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TransposedView_IsRowMajor()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])).ToArray();

        var tensor = Read(pickle, ("model/data/0", CheckpointMaker.Floats(1, 2, 3, 4, 5, 6)))["w"];

        Assert.Equal([3L, 2L], tensor.Shape);
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], tensor.Floats.ToArray());
    }

    [Fact]
    public void Read_OffsetView_StartsThere()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 4, 2, [2], [1])).ToArray();
        Assert.Equal([3f, 4f], Read(pickle, ("model/data/0", CheckpointMaker.Floats(1, 2, 3, 4)))["w"].Floats.ToArray());
    }

    [Theory]
    [InlineData("HalfStorage", new byte[] { 0x00, 0x3e }, 1.5f)]
    [InlineData("BFloat16Storage", new byte[] { 0xc0, 0x3f }, 1.5f)]
    public void Read_NarrowFloats_AreWidened(string storage, byte[] bytes, float expected)
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor(storage, "0", 1, 0, [1], [1])).ToArray();
        Assert.Equal([expected], Read(pickle, ("model/data/0", bytes))["w"].Floats.ToArray());
    }

    [Fact]
    public void Read_NestedDictionaries_JoinNames()
    {
        var pickle = PickleWriter.Dictionary("model", p => p.Op('}').Text("w").Tensor("FloatStorage", "0", 1, 0, [1], [1]).Op('s')).ToArray();
        Assert.Equal(["model.w"], Read(pickle, ("model/data/0", CheckpointMaker.Floats(1))).Keys);
    }

    [Fact]
    public void Read_ScalarAndEmptyTensors_HaveTheirShapes()
    {
        var pickle = new PickleWriter().Op('}')
            .Text("scalar").Tensor("FloatStorage", "0", 1, 0, [], []).Op('s')
            .Text("empty").Tensor("FloatStorage", "1", 0, 0, [0, 4], [4, 1]).Op('s').ToArray();

        var tensors = Read(pickle, ("model/data/0", CheckpointMaker.Floats(7)), ("model/data/1", []));

        Assert.Empty(tensors["scalar"].Shape);
        Assert.Equal([7f], tensors["scalar"].Floats.ToArray());
        Assert.Equal([0L, 4L], tensors["empty"].Shape);
    }

    [Fact]
    public void Read_EntriesOfNewerVersions_AreIgnored()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 1, 0, [1], [1])).ToArray();
        var tensors = Read(pickle, ("model/data/0", CheckpointMaker.Floats(1)), ("model/byteorder", "little"u8.ToArray()), ("model/.data/serialization_id", [1, 2]));
        Assert.Single(tensors);
    }

    private IReadOnlyDictionary<string, NamedTensor> Read(byte[] pickle, params (string, byte[])[] entries) =>
        PyTorchCheckpoint.Read(CheckpointMaker.Write(_folder.File("c.ckpt"), pickle, entries));
}
