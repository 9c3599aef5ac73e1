using FaceVoice.Onnx.Graph;

namespace FaceVoice.Networks.Export;

/// <summary>Waveform and lengths to mean-normalised log-mel frames, packed. The definition is that of <see cref="FbankDefinition"/>.</summary>
internal static class FbankGraph
{
    // Window and hop are multiples of 80: a frame is five blocks, copied whole, instead of 400 single samples.
    private const int Block = 80;
    private const int BlocksPerFrame = FbankDefinition.Window / Block;
    private const int BlocksPerHop = FbankDefinition.Hop / Block;
    private const int Margin = FbankDefinition.Window / 2;

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
        graph.Add("Add", [graph.Add("Div", [samples, graph.Scalar((long)FbankDefinition.Hop)]), graph.Scalar(1L)]);

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
        return graph.Add("Reshape", [graph.Add("Gather", [blocks, indices]), graph.Integers(-1, FbankDefinition.Window)]);
    }

    private static FrameSignal LogMel(FrameGraph frames, OnnxValue windows, int bands)
    {
        var graph = frames.Graph;
        var (transform, filters) = Matrices(frames, bands);
        var spectrum = graph.Add("MatMul", [windows, transform]);
        var energy = graph.Add("MatMul", [graph.Add("Mul", [spectrum, spectrum]), filters]);

        // The floor of 1e-10 and the one 80 dB below the row's peak, both before the logarithm: one pass over the frames.
        var peak = frames.RowMax(graph.Add("ReduceMax", [energy], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1)));
        var floor = graph.Add("Max", [graph.Add("Mul", [peak, graph.Scalar(FbankDefinition.DynamicRange)]), graph.Scalar(FbankDefinition.SmallestEnergy)]);
        var log = graph.Add("Log", [graph.Add("Max", [energy, frames.Spread(floor)])]);
        var centred = graph.Add("Sub", [log, frames.Spread(frames.RowMean(log))]);
        return new(centred, bands, ChannelAffine.Scaling(bands, FbankDefinition.DecibelPerLog));
    }

    // Real and imaginary parts side by side, the window multiplied in; bins that no filter looks at are left out. The filters stand twice, one below
    // the other, so that the product of the squares sums real and imaginary power by itself.
    private static (OnnxValue Transform, OnnxValue Filters) Matrices(FrameGraph frames, int bands)
    {
        var mel = FbankDefinition.MelFilters(bands);
        var bins = Enumerable.Range(0, FbankDefinition.Bins).Where(bin => Enumerable.Range(0, bands).Any(band => mel[bin, band] > 0)).ToArray();
        var transform = new float[FbankDefinition.Window * 2 * bins.Length];
        var filters = new float[2 * bins.Length * bands];
        for (var i = 0; i < bins.Length; i++)
        {
            for (var n = 0; n < FbankDefinition.Window; n++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (bins[i] * n % FbankDefinition.Window) / FbankDefinition.Window);
                transform[(n * 2 * bins.Length) + i] = (float)(FbankDefinition.WindowAt(n) * cosine);
                transform[(n * 2 * bins.Length) + bins.Length + i] = (float)(FbankDefinition.WindowAt(n) * sine);
            }

            for (var band = 0; band < bands; band++)
            {
                filters[(i * bands) + band] = filters[((bins.Length + i) * bands) + band] = (float)mel[bins[i], band];
            }
        }

        return (frames.Constant("fbank_dft", [FbankDefinition.Window, 2 * bins.Length], transform), frames.Constant("fbank_mel", [2 * bins.Length, bands], filters));
    }
}
