using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using FaceVoice.Training.Imaging;
using FaceVoice.Training.TensorBoard.Format;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace FaceVoice.Training.TensorBoard;

/// <summary>
/// Writes an event file that TensorBoard shows: scalars, histograms, images, text and hyper-parameters. Thread-safe; every call is
/// flushed, so that a run can be watched and a killed run keeps what it wrote.
/// </summary>
/// <remarks>Format: TFRecord framing with masked CRC-32C around <c>tensorflow.Event</c> messages (<c>event.proto</c>).</remarks>
public sealed class EventWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;

    /// <summary>Starts a new event file in a folder, which is made where it is missing; a resumed run adds a further file beside the first.</summary>
    /// <param name="folder">The log folder that <c>tensorboard --logdir</c> is pointed at, or one below it.</param>
    /// <param name="time">Where wall-clock times come from; the system's clock by default.</param>
    public EventWriter(string folder, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        var stamp = _time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var n = 0; ; n++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{stamp / 1000}.{stamp % 1000 + n}.facevoice"));
            if (!File.Exists(path))
            {
                _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
                break;
            }
        }

        Write(new Event { WallTime = Now(), FileVersion = "brain.Event:2" });
    }

    /// <summary>Gets the path of the file.</summary>
    public string FilePath => _file.Name;

    /// <summary>Adds one point of a curve.</summary>
    /// <param name="tag">The curve's name; parts before a slash group curves.</param>
    /// <param name="value">The value; a non-finite one is kept, and shown as a gap.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddScalar(string tag, double value, long step) => Write(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value }, step);

    /// <summary>Adds the distribution of values.</summary>
    /// <param name="tag">The histogram's name.</param>
    /// <param name="values">Any number of values.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddHistogram(string tag, ReadOnlySpan<float> values, long step) =>
        Write(new Summary.Types.Value { Tag = tag, Histo = HistogramBuckets.Count(values) }, step);

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">The picture's name.</param>
    /// <param name="raster">The picture.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddImage(string tag, Raster raster, long step)
    {
        ArgumentNullException.ThrowIfNull(raster);
        var image = new Summary.Types.Image
        {
            Height = raster.Height,
            Width = raster.Width,
            Colorspace = 3,
            EncodedImageString = ByteString.CopyFrom(raster.ToPng()),
        };
        Write(new Summary.Types.Value { Tag = tag, Image = image }, step);
    }

    /// <summary>Adds a text, shown as Markdown.</summary>
    /// <param name="tag">The text's name.</param>
    /// <param name="markdown">The text.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddText(string tag, string markdown, long step)
    {
        var tensor = new TensorProto
        {
            Dtype = TensorProto.Types.DataType.DtString,
            TensorShape = new() { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(markdown) },
        };
        Write(new Summary.Types.Value { Tag = tag + "/text_summary", Metadata = Plugin("text", ByteString.Empty), Tensor = tensor }, step);
    }

    /// <summary>Adds the run to TensorBoard's table of hyper-parameters.</summary>
    /// <param name="settings">Name and value of each setting: numbers, booleans, anything else as text.</param>
    /// <param name="metricTags">Scalar tags shown as the run's results.</param>
    public void AddHyperParameters(IReadOnlyDictionary<string, object?> settings, params ReadOnlySpan<string> metricTags)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var experiment = new Experiment();
        var start = new SessionStartInfo { StartTimeSecs = Now() };
        foreach (var (name, setting) in settings)
        {
            var (type, value) = HyperParameterValue(setting);
            experiment.HparamInfos.Add(new HParamInfo { Name = name, Type = type });
            start.Hparams.Add(name, value);
        }

        foreach (var tag in metricTags)
        {
            experiment.MetricInfos.Add(new MetricInfo { Name = new() { Tag = tag } });
        }

        Write("_hparams_/experiment", new() { Experiment = experiment });
        Write("_hparams_/session_start_info", new() { SessionStartInfo = start });
        Write("_hparams_/session_end_info", new() { SessionEndInfo = new() { Status = SessionEndInfo.Types.Status.Success, EndTimeSecs = Now() } });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static (HParamInfo.Types.DataType Type, Value Value) HyperParameterValue(object? setting) => setting switch
    {
        bool flag => (HParamInfo.Types.DataType.Bool, Value.ForBool(flag)),
        int or long or float or double => (HParamInfo.Types.DataType.Float64, Value.ForNumber(Convert.ToDouble(setting, CultureInfo.InvariantCulture))),
        _ => (HParamInfo.Types.DataType.String, Value.ForString(Convert.ToString(setting, CultureInfo.InvariantCulture) ?? "")),
    };

    private static SummaryMetadata Plugin(string name, ByteString content) => new() { PluginData = new() { PluginName = name, Content = content } };

    private void Write(string tag, HParamsPluginData content) =>
        Write(new Summary.Types.Value { Tag = tag, Metadata = Plugin("hparams", content.ToByteString()) }, step: 0);

    private void Write(Summary.Types.Value value, long step) =>
        Write(new Event { WallTime = Now(), Step = step, Summary = new() { Value = { value } } });

    private double Now() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private void Write(Event entry)
    {
        var data = entry.ToByteArray();
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedCrc32C.Compute(header[..8]));
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedCrc32C.Compute(data));
        lock (_gate)
        {
            _file.Write(header);
            _file.Write(data);
            _file.Write(footer);
            _file.Flush();
        }
    }
}

/// <summary>Counts values into the exponentially growing buckets that TensorBoard's own writers use.</summary>
internal static class HistogramBuckets
{
    private static readonly double[] Limits = CreateLimits();

    /// <summary>The message <c>HistogramProto</c>; non-finite values are left out.</summary>
    public static HistogramProto Count(ReadOnlySpan<float> values)
    {
        var counts = new double[Limits.Length];
        double sum = 0, squares = 0, minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        long n = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                continue;
            }

            var at = Array.BinarySearch(Limits, value);
            counts[at < 0 ? ~at : at]++;
            (sum, squares, n) = (sum + value, squares + ((double)value * value), n + 1);
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
        }

        if (n == 0)
        {
            (minimum, maximum) = (0, 0);
        }

        var (first, last) = (Array.FindIndex(counts, c => c > 0), Array.FindLastIndex(counts, c => c > 0));
        var range = n == 0 ? 0..1 : Math.Max(0, first - 1)..(last + 1);
        return new HistogramProto
        {
            Min = minimum,
            Max = maximum,
            Num = n,
            Sum = sum,
            SumSquares = squares,
            BucketLimit = { Limits[range] },
            Bucket = { counts[range] },
        };
    }

    private static double[] CreateLimits()
    {
        var positive = new List<double>();
        for (var limit = 1e-12; limit < 1e20; limit *= 1.1)
        {
            positive.Add(limit);
        }

        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}

/// <summary>The checksum of TensorFlow's record files: CRC-32C, rotated and offset so that a checksum of checksums does not degenerate.</summary>
internal static class MaskedCrc32C
{
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8u;
    }
}
