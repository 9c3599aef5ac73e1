using FaceVoice.Models;
using FaceVoice.Models.Graph;

namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// The frames of a whole batch, packed: row after row, valid frames only, as one matrix [frames, width]. Padding is dropped before the
/// first layer, so
/// that no row can see another's length, no work is spent on it, and every layer is a matrix product with a constant (packed once) right-hand side.
/// </summary>
/// <param name="graph">The graph that is being built.</param>
/// <param name="row">Which row of the batch each frame belongs to, int64 [frames].</param>
/// <param name="time">Each frame's place in its row, int64 [frames].</param>
/// <param name="counts">How many frames each row has, int64 [batch].</param>
/// <param name="longest">How many frames a row has at most, int64 [1].</param>
internal sealed class FrameGraph(OnnxGraphBuilder graph, OnnxValue row, OnnxValue time, OnnxValue counts, OnnxValue longest)
{
    private readonly Dictionary<(int Kernel, int Dilation), OnnxValue> _neighbours = [];
    private OnnxValue? _starts;
    private OnnxValue? _membership;
    private OnnxValue? _countsAsFloat;
    private OnnxValue? _rowSlots;
    private int _constants;

    public OnnxGraphBuilder Graph => graph;

    /// <summary>Most frames that any layer mirrors at an edge: a row needs one more.</summary>
    public int LargestPadding { get; private set; }

    /// <summary>How many frames each row has, int64 [batch].</summary>
    public OnnxValue Counts => counts;

    /// <summary>0/1 matrix [batch, frames]: a product with it sums each row's frames.</summary>
    public OnnxValue Membership => _membership ??= BuildMembership();

    /// <summary>Frames of each row, float [batch, 1].</summary>
    public OnnxValue CountsAsFloat => _countsAsFloat ??= graph.Add("Cast", [graph.Add("Unsqueeze", [counts, graph.Integers(1)])], OnnxAttribute.Of("to", 1));

    private OnnxValue Starts => _starts ??= graph.Add("CumSum", [counts, graph.Scalar(0L)], OnnxAttribute.Of("exclusive", 1));

    /// <summary>A float constant with a name of its own.</summary>
    public OnnxValue Constant(string name, long[] shape, float[] values) => graph.Initializer(new NamedTensor($"{name}_{_constants++}", shape, values));

    /// <summary>
    /// Indices [frames, kernel] of the frames that a centred kernel sees, mirrored at both ends of each row without repeating the edge frame.
    /// A row too short to be mirrored stays within itself.
    /// </summary>
    public OnnxValue Neighbours(int kernel, int dilation)
    {
        if (_neighbours.TryGetValue((kernel, dilation), out var known))
        {
            return known;
        }

        var reach = dilation * (kernel - 1) / 2;
        LargestPadding = Math.Max(LargestPadding, reach);
        var offsets = graph.Integers([.. Enumerable.Range(0, kernel).Select(tap => (long)((tap * dilation) - reach))]);
        var last = Column(graph.Add("Sub", [graph.Add("Gather", [counts, row]), graph.Scalar(1L)]));
        var fromStart = graph.Add("Abs", [graph.Add("Add", [Column(time), offsets])]);
        var fromEnd = graph.Add("Abs", [graph.Add("Sub", [last, fromStart])]);
        var mirrored = graph.Add("Max", [graph.Add("Sub", [last, fromEnd]), graph.Scalar(0L)]);
        var indices = graph.Add("Add", [Column(graph.Add("Gather", [Starts, row])), mirrored]);
        _neighbours.Add((kernel, dilation), indices);
        return indices;
    }

    /// <summary>Sum over each row's frames: [frames, width] to [batch, width].</summary>
    public OnnxValue RowSum(OnnxValue frames) => graph.Add("MatMul", [Membership, frames]);

    /// <summary>Mean over each row's frames: [frames, width] to [batch, width].</summary>
    public OnnxValue RowMean(OnnxValue frames) => graph.Add("Div", [RowSum(frames), CountsAsFloat]);

    /// <summary>Largest value over each row's frames: [frames, width] to [batch, width].</summary>
    public OnnxValue RowMax(OnnxValue frames) =>
        graph.Add("ReduceMax", [graph.Add("Gather", [frames, RowSlots()])], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 0));

    /// <summary>Gives every frame its row's values: [batch, width] to [frames, width].</summary>
    public OnnxValue Spread(OnnxValue rows) => graph.Add("Gather", [rows, row]);

    /// <summary>
    /// Lays frames out by row, zeros behind each row's end: [frames, width] to [batch, longest, width], for layers that want a grid.
    /// </summary>
    public OnnxValue Unpack(OnnxValue frames, int width)
    {
        var batch = graph.Add("Shape", [counts]);
        var shape = graph.Add("Concat", [batch, longest, graph.Integers(width)], OnnxAttribute.Of("axis", 0));
        var places = graph.Add("Concat", [Column(row), Column(time)], OnnxAttribute.Of("axis", 1));
        return graph.Add("ScatterND", [graph.Add("ConstantOfShape", [shape]), places, frames]);
    }

    private OnnxValue Column(OnnxValue vector) => graph.Add("Unsqueeze", [vector, graph.Integers(1)]);

    // [batch, longest] indices of frames; the places after a row's end repeat its last frame, which changes no maximum.
    private OnnxValue RowSlots()
    {
        if (_rowSlots is null)
        {
            var slots = graph.Add("Range", [graph.Scalar(0L), graph.Add("Squeeze", [longest]), graph.Scalar(1L)]);
            var clamped = graph.Add("Min", [slots, Column(graph.Add("Sub", [counts, graph.Scalar(1L)]))]);
            _rowSlots = graph.Add("Add", [Column(Starts), clamped]);
        }

        return _rowSlots.Value;
    }

    private OnnxValue BuildMembership()
    {
        var batch = graph.Add("Squeeze", [graph.Add("Shape", [counts])]);
        var rows = graph.Add("Range", [graph.Scalar(0L), batch, graph.Scalar(1L)]);
        return graph.Add("Cast", [graph.Add("Equal", [Column(rows), row])], OnnxAttribute.Of("to", 1));
    }
}

/// <summary>Frames on their way through the graph: a value of shape [frames, width] and an affine map that still has to be applied to it.</summary>
/// <param name="Value">The stored numbers.</param>
/// <param name="Width">Channels.</param>
/// <param name="Pending">What has to be applied to the stored numbers; null for nothing.</param>
internal sealed record FrameSignal(OnnxValue Value, int Width, ChannelAffine? Pending = null)
{
    public ChannelAffine Affine => Pending ?? ChannelAffine.Identity(Width);
}
