using FaceVoice.Datasets.Spectra;
using FaceVoice.Models.Graph;
using FaceVoice.Training.Networks.Features;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Waveform and lengths to mean-normalised log-mel frames, packed. The definition is that of <see cref="Fbank"/>, its constants are computed in double precision.</summary>
internal static class FbankGraph
{
    // Window and hop are multiples of 80: a frame is five blocks, copied whole, instead of 400 single samples.
    private const int Block = 80;
    private const int BlocksPerFrame = Fbank.WindowLength / Block;
    private const int BlocksPerHop = Fbank.HopLength / Block;
    private const int Margin = Fbank.WindowLength / 2;

    // 10 / ln 10: natural logarithm of an energy to decibel.
    private const double DecibelPerLog = 10 / 2.302585092994045684;

    public static (FrameGraph Frames, FrameSignal Features) Build(OnnxGraphBuilder graph, OnnxValue waveform, OnnxValue lengths, int bands)
    {
        var samples = graph.Add("Shape", [waveform], OnnxAttribute.Of("start", 1), OnnxAttribute.Of("end", 2));
        var valid = graph.Add("Min", [graph.Add("Max", [lengths, graph.Scalar(0L)]), samples]);
        var counts = FrameCount(graph, valid);
        var longest = FrameCount(graph, samples);

        var inside = graph.Add("Less", [Range(graph, longest), graph.Add("Unsqueeze", [counts, graph.Integers(1)])]);
        var places = graph.Add("NonZero", [inside]);
        var row = graph.Add("Gather", [places, graph.Scalar(0L)], OnnxAttribute.Of("axis", 0));
        var time = graph.Add("Gather", [places, graph.Scalar(1L)], OnnxAttribute.Of("axis", 0));
        var frames = new FrameGraph(graph, row, time, counts, longest);

        var blocks = Blocks(graph, Silence(graph, waveform, samples, valid), samples, longest);
        var windows = Windows(graph, blocks, row, time, longest);
        return (frames, LogMel(frames, windows, bands));
    }

    private static OnnxValue FrameCount(OnnxGraphBuilder graph, OnnxValue samples) =>
        graph.Add("Add", [graph.Add("Div", [samples, graph.Scalar((long)Fbank.HopLength)]), graph.Scalar(1L)]);

    private static OnnxValue Range(OnnxGraphBuilder graph, OnnxValue count) =>
        graph.Add("Range", [graph.Scalar(0L), graph.Add("Squeeze", [count]), graph.Scalar(1L)]);

    // Whatever a caller left behind a row's end must not reach that row's last frames.
    private static OnnxValue Silence(OnnxGraphBuilder graph, OnnxValue waveform, OnnxValue samples, OnnxValue valid)
    {
        var inside = graph.Add("Less", [Range(graph, samples), graph.Add("Unsqueeze", [valid, graph.Integers(1)])]);
        return graph.Add("Where", [inside, waveform, graph.Scalar(0f)]);
    }

    // [batch, samples] to [batch * (2 longest + 3), 80]: 200 zeros in front, as many behind as make the last frame whole.
    private static OnnxValue Blocks(OnnxGraphBuilder graph, OnnxValue waveform, OnnxValue samples, OnnxValue longest)
    {
        var padded = graph.Add("Mul", [graph.Add("Add", [graph.Add("Mul", [longest, graph.Scalar((long)BlocksPerHop)]), graph.Scalar((long)(BlocksPerFrame - BlocksPerHop))]), graph.Scalar((long)Block)]);
        var behind = graph.Add("Sub", [padded, graph.Add("Add", [samples, graph.Scalar((long)Margin)])]);
        var pads = graph.Add("Concat", [graph.Integers(0, Margin, 0), behind], OnnxAttribute.Of("axis", 0));
        return graph.Add("Reshape", [graph.Add("Pad", [waveform, pads]), graph.Integers(-1, Block)]);
    }

    private static OnnxValue Windows(OnnxGraphBuilder graph, OnnxValue blocks, OnnxValue row, OnnxValue time, OnnxValue longest)
    {
        var perRow = graph.Add("Add", [graph.Add("Mul", [longest, graph.Scalar((long)BlocksPerHop)]), graph.Scalar((long)(BlocksPerFrame - BlocksPerHop))]);
        var first = graph.Add("Add", [graph.Add("Mul", [row, perRow]), graph.Add("Mul", [time, graph.Scalar((long)BlocksPerHop)])]);
        var indices = graph.Add("Add", [graph.Add("Unsqueeze", [first, graph.Integers(1)]), graph.Integers([.. Enumerable.Range(0, BlocksPerFrame).Select(i => (long)i)])]);
        return graph.Add("Reshape", [graph.Add("Gather", [blocks, indices]), graph.Integers(-1, Fbank.WindowLength)]);
    }

    private static FrameSignal LogMel(FrameGraph frames, OnnxValue windows, int bands)
    {
        var graph = frames.Graph;
        var (transform, filters) = Matrices(frames, bands);
        var spectrum = graph.Add("MatMul", [windows, transform]);
        var energy = graph.Add("MatMul", [graph.Add("Mul", [spectrum, spectrum]), filters]);

        // The floor of 1e-10 and the one 80 dB below the row's peak, both before the logarithm: one pass over the frames.
        var peak = frames.RowMax(graph.Add("ReduceMax", [energy], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1)));
        var floor = graph.Add("Max", [graph.Add("Mul", [peak, graph.Scalar((float)Math.Pow(10, -Fbank.DynamicRange / 10))]), graph.Scalar((float)Fbank.EnergyFloor)]);
        var log = graph.Add("Log", [graph.Add("Max", [energy, frames.Spread(floor)])]);
        var centred = graph.Add("Sub", [log, frames.Spread(frames.RowMean(log))]);
        return new(centred, bands, ChannelAffine.Scaling(bands, DecibelPerLog));
    }

    // Real and imaginary parts side by side, the window multiplied in; bins that no filter looks at are left out. The filters stand twice, one below
    // the other, so that the product of the squares sums real and imaginary power by itself.
    private static (OnnxValue Transform, OnnxValue Filters) Matrices(FrameGraph frames, int bands)
    {
        const int Window = Fbank.WindowLength;
        var mel = MelFilters.Matrix(bands);
        var hamming = MelFilters.HammingWindow(Window);
        var bins = Enumerable.Range(0, Fbank.FrequencyBins).Where(bin => mel.AsSpan(bin * bands, bands).ContainsAnyExcept(0.0)).ToArray();
        var columns = 2 * bins.Length;
        var transform = new float[Window * columns];
        var filters = new float[columns * bands];
        for (var i = 0; i < bins.Length; i++)
        {
            for (var n = 0; n < Window; n++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (bins[i] * n % Window) / Window);
                transform[(n * columns) + i] = (float)(hamming[n] * cosine);
                transform[(n * columns) + bins.Length + i] = (float)(hamming[n] * sine);
            }

            for (var band = 0; band < bands; band++)
            {
                filters[(i * bands) + band] = filters[((bins.Length + i) * bands) + band] = (float)mel[(bins[i] * bands) + band];
            }
        }

        return (frames.Constant("fbank_dft", [Window, columns], transform), frames.Constant("fbank_mel", [columns, bands], filters));
    }
}
