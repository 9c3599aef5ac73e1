using System.IO.Compression;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.Checkpoints;

/// <summary>Checkpoints that want something other than to be read.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor")]
    [InlineData("collections", "defaultdict")]
    public void Read_UnknownGlobal_IsRefusedByName(string module, string name)
    {
        var pickle = new PickleWriter().Global(module, name).Text("touch /tmp/owned").Raw(0x85).Op('R').ToArray();
        Assert.Contains($"'{module}.{name}'", Refused(pickle));
    }

    [Fact]
    public void Read_StackGlobal_IsRefusedByName()
    {
        var pickle = new PickleWriter().Text("os").Text("system").Raw(0x93).Text("id").Raw(0x85).Op('R').ToArray();
        Assert.Contains("'os.system'", Refused(pickle));
    }

    [Fact]
    public void Read_ControlCharactersInName_AreNotPrinted()
    {
        var pickle = new PickleWriter().Text("os\u001b[2J").Text("system").Raw(0x93).ToArray();
        Assert.DoesNotContain('\u001b', Refused(pickle));
    }

    [Theory]
    [InlineData(0x81)] // NEWOBJ
    [InlineData(0x92)] // NEWOBJ_EX
    [InlineData('o')] // OBJ
    [InlineData('i')] // INST
    [InlineData(0x82)] // EXT1
    [InlineData('P')] // PERSID
    [InlineData(0x97)] // NEXT_BUFFER
    [InlineData(0xff)]
    public void Read_OpcodeThatMakesObjects_IsRefused(int opcode) =>
        Assert.Contains($"0x{opcode:x2}", Refused(new PickleWriter().Raw((byte)opcode).ToArray()));

    [Fact]
    public void Read_CallOfAStorage_IsRefused() =>
        Assert.Contains("torch.FloatStorage", Refused(new PickleWriter().Global("torch", "FloatStorage").Op(')').Op('R').ToArray()));

    [Fact]
    public void Read_AttributesOnATensor_AreRefused()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 1, 0, [1], [1]).Op('}').Op('b')).ToArray();
        Assert.Contains("not well-formed", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1))));
    }

    [Theory]
    [InlineData(4, 0, new long[] { 5 }, new long[] { 1 })]
    [InlineData(4, 1, new long[] { 4 }, new long[] { 1 })]
    [InlineData(4, -1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(4, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(4, 0, new long[] { 2 }, new long[] { long.MaxValue })]
    [InlineData(4, 0, new long[] { long.MaxValue, long.MaxValue }, new long[] { 1, 1 })]
    [InlineData(4, 0, new long[] { -1 }, new long[] { 1 })]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 1 })]
    [InlineData(4, 5, new long[] { 0 }, new long[] { 1 })]
    public void Read_ViewOutsideItsStorage_IsRefused(long count, long offset, long[] shape, long[] strides)
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", count, offset, shape, strides)).ToArray();
        Assert.Contains("does not lie within its storage", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1, 2, 3, 4))));
    }

    [Fact]
    public void Read_StorageShorterThanAnnounced_IsRefused()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 1000, 0, [1000], [1])).ToArray();
        Assert.Contains("has 4 bytes", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1))));
    }

    [Fact]
    public void Read_OneNumberSpreadOverAllMemory_IsRefused()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 1, 0, [500_000_000], [0])).ToArray();
        Assert.Contains("far more memory", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1))));
    }

    [Fact]
    public void Read_DictionaryWithinItself_IsRefused()
    {
        var pickle = new PickleWriter().Op('}').Raw((byte)'q', 0).Text("self").Raw((byte)'h', 0).Op('s').ToArray();
        Assert.Contains("nested too deeply", Refused(pickle));
    }

    [Fact]
    public void Read_ManyReferencesToOneDictionary_EndInTime()
    {
        // Eight levels of dictionaries, each with 100 references to the next: 10^16 paths.
        var writer = new PickleWriter().Op('}');
        for (var level = 0; level < 8; level++)
        {
            writer.Raw((byte)'q', (byte)level).Op('0').Op('}');
            for (var i = 0; i < 100; i++)
            {
                writer.Text($"k{i}").Raw((byte)'h', (byte)level).Op('s');
            }
        }

        Assert.Contains("too many entries", Refused(writer.ToArray()));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("0/../0")]
    [InlineData("")]
    public void Read_StorageKeyThatIsAPath_IsRefused(string key)
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", key, 1, 0, [1], [1])).ToArray();
        Assert.Contains("key of a storage", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1))));
    }

    [Fact]
    public void Read_CompressedEntries_AreRefused()
    {
        var path = CheckpointMaker.Write(
            _folder.File("bomb.ckpt"), CompressionLevel.Optimal, [("model/data.pkl", new PickleWriter().ToArray()), ("model/data/0", new byte[100_000_000])]);
        Assert.InRange(new FileInfo(path).Length, 0, 1_000_000);
        Assert.Contains("compressed", Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(path)).Message);
    }

    [Fact]
    public void Read_EntryTwice_IsRefused()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 1, 0, [1], [1])).ToArray();
        Assert.Contains("there twice", Refused(pickle, ("model/data/0", CheckpointMaker.Floats(1)), ("model/data/0", CheckpointMaker.Floats(2))));
    }

    [Fact]
    public void Read_BigEndian_IsRefused() =>
        Assert.Contains("byte order", Refused(new PickleWriter().Op('}').ToArray(), ("model/byteorder", "big"u8.ToArray())));

    [Fact]
    public void Read_OldFormat_SaysHowToConvert()
    {
        var path = _folder.File("old.ckpt");
        File.WriteAllBytes(path, [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);
        var message = Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(path)).Message;
        Assert.Contains("torch.save(torch.load(\"old.ckpt\"", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a checkpoint at all")]
    public void Read_SomethingElse_IsRefused(string content)
    {
        var path = _folder.File("other.ckpt");
        File.WriteAllText(path, content);
        Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(path));
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        var whole = File.ReadAllBytes(Valid());
        var path = _folder.File("cut.ckpt");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(path));
        }
    }

    [Fact]
    public void Read_AnyDamagedByte_IsReadOrRefused()
    {
        var whole = File.ReadAllBytes(Valid());
        var path = _folder.File("damaged.ckpt");
        var random = new Random(1);
        for (var round = 0; round < 1500; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var i = 0; i <= round % 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                PyTorchCheckpoint.Read(path);
            }
            catch (ModelFormatException)
            {
                // Refused is right; any other exception fails the test.
            }
        }
    }

    private string Valid()
    {
        var pickle = PickleWriter.Dictionary("w", p => p.Tensor("FloatStorage", "0", 4, 0, [2, 2], [2, 1])).ToArray();
        return CheckpointMaker.Write(_folder.File("valid.ckpt"), pickle, ("model/data/0", CheckpointMaker.Floats(1, 2, 3, 4)), ("model/version", "3\n"u8.ToArray()));
    }

    private string Refused(byte[] pickle, params (string, byte[])[] entries)
    {
        var path = CheckpointMaker.Write(_folder.File("hostile.ckpt"), pickle, entries);
        return Assert.Throws<ModelFormatException>(() => PyTorchCheckpoint.Read(path)).Message;
    }
}
