using System.Text;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests;

/// <summary>Round trips, files that numpy wrote, and headers that are no numpy.</summary>
public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_EveryTypeAndRank_ReadsBackUnchanged()
    {
        NamedTensor[] tensors =
        [
            new("scalar", [], [2.5f]),
            new("vector", [3], [1f, 2f, 3f]),
            new("matrix", [2, 3], [1.0, 2, 3, 4, 5, 6]),
            new("integers", [1, 2, 1], [long.MinValue, long.MaxValue]),
            new("empty", [0, 7], Array.Empty<float>()),
        ];
        foreach (var tensor in tensors)
        {
            var path = _folder.File(tensor.Name + ".npy");
            NpyFile.Write(path, tensor);
            AssertSame(tensor, NpyFile.Read(path));
            Assert.Equal(0, (new FileInfo(path).Length - StoredElement.Encode(tensor).Length) % 64);
        }
    }

    [Fact]
    public void Write_Npz_ReadsBackUnchanged()
    {
        NamedTensor[] tensors = [new("a", [2], [1f, 2f]), new("b", [], [3L])];
        NpzFile.Write(_folder.File("x.npz"), tensors);
        var read = NpzFile.Read(_folder.File("x.npz"));
        Assert.Equal(["a", "b"], read.Keys);
        AssertSame(tensors[0], read["a"]);
        AssertSame(tensors[1], read["b"]);
    }

    [Fact]
    public void Read_FileOfNumpy_IsWrittenBackByteByByte()
    {
        var original = ReferenceData.Golden("fbank", "utt_b_fbank24.npy");
        var tensor = NpyFile.Read(original);
        NpyFile.Write(_folder.File("copy.npy"), tensor);
        Assert.Equal([121L, 24L], tensor.Shape);
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(_folder.File("copy.npy")));
    }

    [Fact]
    public void Read_ArchiveOfNumpy_HasEveryArray()
    {
        var arrays = NpzFile.Read(ReferenceData.Golden("head", "init_a.npz"));
        Assert.Equal([512L, 512L], arrays["fc1_weight"].Shape);
        Assert.Equal(10, arrays.Count);
    }

    [Theory]
    [InlineData("{'descr': '>U4', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("__import__('os').system('id')")]
    public void Read_OtherHeaders_AreRefused(string header)
    {
        var path = _folder.File("other.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0]);
        Assert.Throws<ModelFormatException>(() => NpyFile.Read(path));
    }

    /// <summary>What numpy writes for <c>asfortranarray(arange(12).reshape(2, 3, 2))</c> and for other byte orders.</summary>
    [Theory]
    [InlineData("<i2", true)]
    [InlineData(">i2", false)]
    [InlineData(">f8", true)]
    [InlineData(">f4", true)]
    public void Read_OtherOrders_GivesTheArrayRowByRow(string descr, bool fortran)
    {
        var header = $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': (2, 3, 2), }}";
        int[] order = fortran ? [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11] : [.. Enumerable.Range(0, 12)];
        byte[] Element(int value)
        {
            byte[] bytes = descr[1..] switch
            {
                "i2" => BitConverter.GetBytes((short)value),
                "f4" => BitConverter.GetBytes((float)value),
                _ => BitConverter.GetBytes((double)value),
            };
            return descr[0] == '>' ? [.. bytes.Reverse()] : bytes;
        }

        var path = _folder.File("order.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. order.SelectMany(Element)]);
        var tensor = NpyFile.Read(path);
        Assert.Equal([2, 3, 2], tensor.Shape);
        double[] values = tensor.ElementType switch
        {
            TensorElementType.Int64 => Array.ConvertAll(tensor.Integers.ToArray(), value => (double)value),
            TensorElementType.Float32 => Array.ConvertAll(tensor.Floats.ToArray(), value => (double)value),
            _ => tensor.Doubles.ToArray(),
        };
        Assert.Equal(Enumerable.Range(0, 12).Select(value => (double)value), values);
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        var path = _folder.File("cut.npy");
        NpyFile.Write(path, [2], [1f, 2f]);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<ModelFormatException>(() => NpyFile.Read(path));
        }
    }

    [Fact]
    public void Read_ArchiveThatIsNone_IsRefused()
    {
        File.WriteAllText(_folder.File("x.npz"), "no zip");
        Assert.Throws<ModelFormatException>(() => NpzFile.Read(_folder.File("x.npz")));
    }

    private static void AssertSame(NamedTensor expected, NamedTensor actual)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.Equal(StoredElement.Encode(expected), StoredElement.Encode(actual));
    }
}
