using System.Buffers.Binary;
using System.Text;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests;

/// <summary>A round trip, and headers that lie.</summary>
public sealed class SafeTensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_EveryType_ReadsBackUnchanged()
    {
        var path = _folder.File("all.safetensors");
        new SafeTensorsFile(
            [
                new NamedTensor("f", [2, 1], [1.5f, float.NegativeInfinity]),
                new NamedTensor("d", [], [Math.PI]),
                new NamedTensor("i", [3], [long.MinValue, 0, long.MaxValue]),
                new NamedTensor("empty", [0, 5], Array.Empty<float>()),
            ],
            new Dictionary<string, string> { ["note"] = "grüße" }).Write(path);

        var file = SafeTensorsFile.Read(path);

        Assert.Equal([1.5f, float.NegativeInfinity], file.Tensors["f"].Floats.ToArray());
        Assert.Equal([2L, 1L], file.Tensors["f"].Shape);
        Assert.Equal([Math.PI], file.Tensors["d"].Doubles.ToArray());
        Assert.Equal([long.MinValue, 0, long.MaxValue], file.Tensors["i"].Integers.ToArray());
        Assert.Equal([0L, 5L], file.Tensors["empty"].Shape);
        Assert.Equal("grüße", file.Metadata["note"]);
        Assert.Equal(["all.safetensors"], Directory.GetFiles(_folder.Path).Select(p => Path.GetFileName(p)!));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4)] // shape and bytes disagree
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8)] // bytes of no tensor
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4)] // truncated
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)] // gap
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)] // overlap
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0)] // the product overflows to 0
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)] // twice
    [InlineData("""{"__metadata__":{"n":1}}""", 0)]
    [InlineData("""[1]""", 0)]
    [InlineData("""{"a":""", 0)]
    public void Read_HeaderThatLies_IsRefused(string header, int dataBytes)
    {
        var path = _folder.File("lie.safetensors");
        File.WriteAllBytes(path, [.. Prefix((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);
        Assert.Throws<ModelFormatException>(() => SafeTensorsFile.Read(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void Read_HeaderLengthBeyondTheFile_IsRefused(ulong length)
    {
        var path = _folder.File("length.safetensors");
        File.WriteAllBytes(path, [.. Prefix(length), .. "{}      "u8]);
        Assert.Contains("announces a header", Assert.Throws<ModelFormatException>(() => SafeTensorsFile.Read(path)).Message);
    }

    [Fact]
    public void Read_TooShortForALength_IsRefused()
    {
        var path = _folder.File("short.safetensors");
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Throws<ModelFormatException>(() => SafeTensorsFile.Read(path));
    }

    [Fact]
    public void Read_HalfPrecision_IsWidened()
    {
        const string Header = """{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]}}""";
        var path = _folder.File("half.safetensors");
        File.WriteAllBytes(path, [.. Prefix((ulong)Header.Length), .. Encoding.UTF8.GetBytes(Header), 0x00, 0x3e, 0xc0, 0x3f]);
        var tensors = SafeTensorsFile.Read(path).Tensors;
        Assert.Equal([1.5f], tensors["h"].Floats.ToArray());
        Assert.Equal([1.5f], tensors["b"].Floats.ToArray());
    }

    [Fact]
    public void Constructor_SameNameTwice_Throws() =>
        Assert.Throws<ArgumentException>("tensors", () => new SafeTensorsFile([new NamedTensor("a", [1], [1f]), new NamedTensor("a", [1], [2f])]));

    private static byte[] Prefix(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }
}
