using System.Buffers.Binary;
using System.Text;
using FaceVoice.Training.Imaging;
using FaceVoice.Training.TensorBoard;
using Google.Protobuf;

namespace FaceVoice.Training.Tests.TensorBoard;

public sealed class EventWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>CRC-32C of nine digits is 0xE3069283 (RFC 3720's polynomial); masked as TensorFlow's record writer does.</summary>
    [Fact]
    public void MaskedCrc32C_CheckValue_IsMasked()
    {
        var expected = unchecked(((0xE3069283u >> 15) | (0xE3069283u << 17)) + 0xA282EAD8u);
        Assert.Equal(expected, MaskedCrc32C.Compute("123456789"u8));
    }

    [Fact]
    public void AddScalar_Written_ReadsBackWithValidChecksums()
    {
        using (var writer = new EventWriter(_folder))
        {
            writer.AddScalar("loss/train", 2.5, 7);
        }

        var records = Records().ToList();
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(Field(records[0], 3).ToByteArray()));
        var value = Field(Message(Field(records[1], 5)), 1);
        Assert.Equal("loss/train", Field(value.ToByteArray(), 1).ToStringUtf8());
        Assert.Equal(2.5f, BinaryPrimitives.ReadSingleLittleEndian(value.Span[^4..]));
    }

    [Fact]
    public void AddHistogram_Values_CountsAllButNonFinite()
    {
        var histogram = HistogramBuckets.Count([0.5f, -1f, 2f, float.NaN, 0f]).ToByteArray();
        var counts = Field(histogram, 7).ToByteArray();
        var total = Enumerable.Range(0, counts.Length / 8).Sum(i => BinaryPrimitives.ReadDoubleLittleEndian(counts.AsSpan(i * 8)));
        Assert.Equal(4, total);
        Assert.Equal(Field(histogram, 6).Length, counts.Length);
    }

    [Fact]
    public void AddEverything_File_HasOneRecordEach()
    {
        using (var writer = new EventWriter(_folder))
        {
            writer.AddHistogram("h", [1, 2, 3], 1);
            writer.AddImage("i", Raster.HeatMap([0, 1, -1, 0.5f], 2), 1);
            writer.AddText("t", "**bold**", 1);
            writer.AddHyperParameters(new Dictionary<string, object?> { ["lr"] = 1e-3, ["ema"] = true, ["head"] = "deep" }, "loss/val");
        }

        Assert.Equal(7, Records().Count());
    }

    [Fact]
    public void AddHyperParameters_File_HoldsNamesAndValuesForTheirPlugin()
    {
        using (var writer = new EventWriter(_folder))
        {
            writer.AddHyperParameters(new Dictionary<string, object?> { ["learning_rate"] = 0.125 }, "validation/auc");
        }

        // Event.summary.value.{tag, metadata.plugin_data.{name, content}}
        var values = Records().Skip(1).Select(record => Field(Message(Field(record, 5)), 1).ToByteArray()).ToDictionary(value => Field(value, 1).ToStringUtf8());
        var start = Field(Field(values["_hparams_/session_start_info"], 9).ToByteArray(), 1).ToByteArray();
        Assert.Equal("hparams", Field(start, 1).ToStringUtf8());
        var entry = Field(Field(Field(start, 2).ToByteArray(), 3).ToByteArray(), 1).ToByteArray();
        Assert.Equal("learning_rate", Field(entry, 1).ToStringUtf8());
        Assert.Equal(0.125, BinaryPrimitives.ReadDoubleLittleEndian(Field(entry, 2).Span[^8..]));
        var experiment = Encoding.UTF8.GetString(values["_hparams_/experiment"]);
        Assert.Contains("learning_rate", experiment, StringComparison.Ordinal);
        Assert.Contains("validation/auc", experiment, StringComparison.Ordinal);
        Assert.Contains("_hparams_/session_end_info", values.Keys);
    }

    [Fact]
    public void Constructor_SecondWriterInSameSecond_GetsItsOwnFile()
    {
        using var first = new EventWriter(_folder);
        using var second = new EventWriter(_folder);
        Assert.NotEqual(first.FilePath, second.FilePath);
    }

    private static byte[] Message(ByteString bytes) => bytes.ToByteArray();

    private IEnumerable<byte[]> Records()
    {
        var file = File.ReadAllBytes(Directory.GetFiles(_folder).Single());
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(MaskedCrc32C.Compute(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file.AsSpan(at + 12, length).ToArray();
            Assert.Equal(MaskedCrc32C.Compute(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += length + 16;
            yield return data;
        }
    }

    /// <summary>The bytes of the first length-delimited field with a number, read by the official protobuf reader.</summary>
    private static ByteString Field(byte[] message, int number)
    {
        var input = new CodedInputStream(message);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited))
            {
                return input.ReadBytes();
            }

            input.SkipLastField();
        }

        throw new InvalidDataException($"no field {number}");
    }
}
