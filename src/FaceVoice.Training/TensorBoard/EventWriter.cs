using System.Buffers.Binary;
using System.Globalization;
using FaceVoice.Training.Imaging;

namespace FaceVoice.Training.TensorBoard;

/// <summary>
/// Writes an event file that TensorBoard shows: scalars, histograms, images, text and hyper-parameters. Thread-safe; every call is
/// flushed, so that a run can be watched and a killed run keeps what it wrote.
/// </summary>
/// <remarks>Format: TFRecord framing with masked CRC-32C around <c>tensorflow.Event</c> messages.</remarks>
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

        Write(NewEvent(0).Text(3, "brain.Event:2"));
    }

    /// <summary>Gets the path of the file.</summary>
    public string FilePath => _file.Name;

    /// <summary>Adds one point of a curve.</summary>
    /// <param name="tag">The curve's name; parts before a slash group curves.</param>
    /// <param name="value">The value; a non-finite one is kept, and shown as a gap.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddScalar(string tag, double value, long step) => WriteSummary(new ProtoMessage().Text(1, tag).Float(2, (float)value), step);

    /// <summary>Adds the distribution of values.</summary>
    /// <param name="tag">The histogram's name.</param>
    /// <param name="values">Any number of values.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddHistogram(string tag, ReadOnlySpan<float> values, long step) =>
        WriteSummary(new ProtoMessage().Text(1, tag).Message(5, HistogramBuckets.Count(values)), step);

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">The picture's name.</param>
    /// <param name="raster">The picture.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddImage(string tag, Raster raster, long step)
    {
        ArgumentNullException.ThrowIfNull(raster);
        var image = new ProtoMessage().Integer(1, raster.Height).Integer(2, raster.Width).Integer(3, 3).Bytes(4, raster.ToPng());
        WriteSummary(new ProtoMessage().Text(1, tag).Message(4, image), step);
    }

    /// <summary>Adds a text, shown as Markdown.</summary>
    /// <param name="tag">The text's name.</param>
    /// <param name="markdown">The text.</param>
    /// <param name="step">The step it belongs to.</param>
    public void AddText(string tag, string markdown, long step)
    {
        const int stringType = 7;
        var shape = new ProtoMessage().Message(2, new ProtoMessage().Integer(1, 1));
        var tensor = new ProtoMessage().Integer(1, stringType).Message(2, shape).Text(8, markdown);
        WriteSummary(new ProtoMessage().Text(1, tag + "/text_summary").Message(8, tensor).Message(9, Plugin("text", [])), step);
    }

    /// <summary>Adds the run to TensorBoard's table of hyper-parameters.</summary>
    /// <param name="settings">Name and value of each setting: numbers, booleans, anything else as text.</param>
    /// <param name="metricTags">Scalar tags shown as the run's results.</param>
    public void AddHyperParameters(IReadOnlyDictionary<string, object?> settings, params ReadOnlySpan<string> metricTags)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var experiment = new ProtoMessage();
        var session = new ProtoMessage();
        foreach (var (name, setting) in settings)
        {
            var (type, value) = HyperParameterValue(setting);
            experiment.Message(5, new ProtoMessage().Text(1, name).Integer(4, type));
            session.Message(1, new ProtoMessage().Text(1, name).Message(2, value));
        }

        foreach (var tag in metricTags)
        {
            experiment.Message(6, new ProtoMessage().Message(1, new ProtoMessage().Text(2, tag)));
        }

        WriteHyperParameters("_hparams_/experiment", new ProtoMessage().Message(2, experiment));
        WriteHyperParameters("_hparams_/session_start_info", new ProtoMessage().Message(3, session.Double(5, Now())));
        WriteHyperParameters("_hparams_/session_end_info", new ProtoMessage().Message(4, new ProtoMessage().Integer(1, 1).Double(2, Now())));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static (int Type, ProtoMessage Value) HyperParameterValue(object? setting) => setting switch
    {
        bool flag => (2, new ProtoMessage().Integer(4, flag ? 1 : 0)),
        int or long or float or double => (3, new ProtoMessage().Double(2, Convert.ToDouble(setting, CultureInfo.InvariantCulture))),
        _ => (1, new ProtoMessage().Text(3, Convert.ToString(setting, CultureInfo.InvariantCulture) ?? "")),
    };

    private static ProtoMessage Plugin(string name, ReadOnlySpan<byte> content) =>
        new ProtoMessage().Message(1, new ProtoMessage().Text(1, name).Bytes(2, content));

    private void WriteHyperParameters(string tag, ProtoMessage content) =>
        WriteSummary(new ProtoMessage().Text(1, tag).Message(9, Plugin("hparams", content.Written)), 0);

    private void WriteSummary(ProtoMessage value, long step) => Write(NewEvent(step).Message(5, new ProtoMessage().Message(1, value)));

    private ProtoMessage NewEvent(long step) => new ProtoMessage().Double(1, Now()).Integer(2, step);

    private double Now() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private void Write(ProtoMessage message)
    {
        var data = message.Written;
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
