using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaceVoice.Models.Graph.Format;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Leaves out channels that have the same value at every place of every input, or that no one reads: training with weight decay lets whole channels
/// die, and they still cost as much as others.
/// </summary>
/// <remarks>
/// Only between two dense convolutions with nothing but activations and depthwise convolutions between them, whose values no one else reads. What a
/// dead channel adds to the second convolution goes into its bias; where padding would make that depend on the place, the channel stays. Of each
/// convolution a multiple of 16 channels is kept, as the blocked layout fills up to that anyway.
/// </remarks>
internal static class ChannelPruning
{
    private const int Block = 16;

    /// <summary>Counts the channels that can be left out, and leaves them out if <paramref name="prune"/> says so.</summary>
    public static int Apply(GraphProto graph, bool prune)
    {
        var index = new GraphIndex(graph);
        var pruned = graph.Node.ToList().Select(node => Chain.From(node, index)?.Prune(graph, prune) ?? 0).Sum();
        if (prune && pruned > 0)
        {
            graph.ValueInfo.Clear(); // It holds the sizes of before; ONNX Runtime infers them anew.
        }

        return pruned;
    }

    /// <summary>A dense convolution, what follows channel by channel, and the dense convolution that reads it.</summary>
    private sealed class Chain(NodeProto producer, IReadOnlyList<NodeProto> between, NodeProto consumer, GraphIndex index)
    {
        public static Chain? From(NodeProto producer, GraphIndex index)
        {
            if (!IsDense(producer, index) || !OwnsConstants(producer, index, from: 1))
            {
                return null;
            }

            var between = new List<NodeProto>();
            var channels = Weights(producer, index).Dims[0];
            for (var node = index.OnlyReader(producer.Output[0]); node is not null; node = index.OnlyReader(node.Output[0]))
            {
                if (IsDense(node, index))
                {
                    return OwnsConstants(node, index, from: 1) ? new Chain(producer, between, node, index) : null;
                }

                if (!IsPerChannel(node, index, channels))
                {
                    return null;
                }

                between.Add(node);
            }

            return null;
        }

        public int Prune(GraphProto graph, bool prune)
        {
            var kept = Kept();
            var channels = (int)Weights(producer, index).Dims[0];
            if (kept.Length == channels || !prune)
            {
                return channels - kept.Length;
            }

            AddConstantsToBias(graph, kept);
            foreach (var node in between.Prepend(producer))
            {
                for (var input = 1; input < node.Input.Count; input++)
                {
                    Take(index.Constant(node.Input[input])!, ChannelAxis(node, index.Constant(node.Input[input])!), kept);
                }

                if (node != producer && node.Is("Conv"))
                {
                    node.Find("group")!.I = kept.Length;
                }
            }

            Take(Weights(consumer, index), 1, kept);
            return channels - kept.Length;
        }

        /// <summary>The channels that live, filled up with dead ones to a whole block, in order.</summary>
        private int[] Kept()
        {
            var constants = Constants();
            var reads = Reads();
            var isPadded = IsPadded(consumer);
            var isDead = constants.Zip(reads, (value, isRead) => !isRead || value == 0 || (value is not null && !isPadded)).ToArray();
            var live = isDead.Count(dead => !dead);
            var spare = Math.Min(isDead.Length, Math.Max(1, (live + Block - 1) / Block) * Block) - live;
            return [.. Enumerable.Range(0, isDead.Length).Where(channel => !isDead[channel] || spare-- > 0)];
        }

        /// <summary>The value that each channel has at every place before the second convolution; null where it depends on the input or the place.</summary>
        private float?[] Constants()
        {
            var values = ConstantRows(producer, null);
            foreach (var node in between)
            {
                values = node.OpType switch
                {
                    "Conv" => ConstantRows(node, values),
                    "PRelu" => Activated(values, Constant(node, 1)),
                    "LeakyRelu" => Activated(values, [node.Find("alpha")?.F ?? 0.01f]),
                    _ => Activated(values, [0f]),
                };
            }

            return values;
        }

        private float?[] ConstantRows(NodeProto convolution, float?[]? inputs)
        {
            var weights = Weights(convolution, index).Floats();
            var bias = convolution.Input.Count > 2 ? Constant(convolution, 2) : default;
            var values = new float?[Weights(convolution, index).Dims[0]];
            for (var channel = 0; channel < values.Length; channel++)
            {
                var row = weights.Slice(channel * (weights.Length / values.Length), weights.Length / values.Length);
                var added = bias.IsEmpty ? 0 : bias[channel];
                if (!MemoryMarshal.Cast<float, uint>(row).ContainsAnyExcept(0u, 0x8000_0000u))
                {
                    values[channel] = added;
                }
                else if (inputs?[channel] is { } input && (input == 0 || !IsPadded(convolution)))
                {
                    double sum = added;
                    foreach (var weight in row)
                    {
                        sum += (double)weight * input;
                    }

                    values[channel] = (float)sum;
                }
            }

            return values;
        }

        private static float?[] Activated(float?[] values, ReadOnlySpan<float> slopes)
        {
            for (var channel = 0; channel < values.Length; channel++)
            {
                if (values[channel] is < 0 and var value)
                {
                    values[channel] = value * slopes[slopes.Length == 1 ? 0 : channel];
                }
            }

            return values;
        }

        /// <summary>Whether the second convolution reads each channel at all.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private bool[] Reads()
        {
            var tensor = Weights(consumer, index);
            var weights = tensor.Floats();
            var reads = new bool[tensor.Dims[1]];
            var places = weights.Length / reads.Length / (int)tensor.Dims[0];
            for (var i = 0; i < weights.Length;)
            {
                for (var channel = 0; channel < reads.Length; channel++)
                {
                    for (var end = i + places; i < end; i++)
                    {
                        reads[channel] |= weights[i] != 0;
                    }
                }
            }

            return reads;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddConstantsToBias(GraphProto graph, int[] kept)
        {
            var constants = Constants();
            var isKept = new bool[constants.Length];
            Array.ForEach(kept, channel => isKept[channel] = true);
            var tensor = Weights(consumer, index);
            var weights = tensor.Floats();
            var outputs = (int)tensor.Dims[0];
            var places = weights.Length / constants.Length / outputs;
            var added = new double[outputs];
            for (var i = 0; i < weights.Length; i++)
            {
                var channel = i / places % constants.Length;
                if (!isKept[channel] && weights[i] != 0)
                {
                    added[i / places / constants.Length] += (double)weights[i] * constants[channel]!.Value;
                }
            }

            if (!Array.Exists(added, value => value != 0))
            {
                return;
            }

            if (consumer.Input.Count > 2)
            {
                var bias = index.Constant(consumer.Input[2])!.Edit();
                for (var output = 0; output < outputs; output++)
                {
                    bias[output] = (float)(bias[output] + added[output]);
                }
            }
            else
            {
                var bias = TensorProtoExtensions.Of(index.Unused($"{consumer.Output[0]}/bias"), [outputs], [.. added.Select(value => (float)value)]);
                graph.Initializer.Add(bias);
                consumer.Input.Add(bias.Name);
            }
        }

        private ReadOnlySpan<float> Constant(NodeProto node, int input) => index.Constant(node.Input[input])!.Floats();

        private static int ChannelAxis(NodeProto node, TensorProto tensor) => node.Is("PRelu") ? tensor.Dims.Count - 3 : 0;

        /// <summary>Keeps some entries of one axis.</summary>
        private static void Take(TensorProto tensor, int axis, int[] kept)
        {
            if (tensor.Count == 1)
            {
                return; // One slope for all channels.
            }

            var values = tensor.Floats();
            var size = (int)tensor.Dims[axis];
            var inner = (int)tensor.Dims.Skip(axis + 1).Aggregate(1L, (product, length) => product * length);
            var outer = values.Length / size / inner;
            var taken = new float[outer * kept.Length * inner];
            for (var i = 0; i < outer * kept.Length; i++)
            {
                var row = ((i / kept.Length) * size) + kept[i % kept.Length];
                values.Slice(row * inner, inner).CopyTo(taken.AsSpan(i * inner));
            }

            tensor.Replace(tensor.Dims.Select((length, at) => at == axis ? kept.Length : length), taken);
        }

        private static TensorProto Weights(NodeProto convolution, GraphIndex index) => index.Constant(convolution.Input[1])!;

        private static bool IsDense(NodeProto node, GraphIndex index) =>
            node.Is("Conv") && (node.Find("group")?.I ?? 1) == 1 && index.Constant(node.Input[1]) is { IsFloat: true };

        private static bool IsPerChannel(NodeProto node, GraphIndex index, long channels) => node.OpType switch
        {
            "Relu" or "LeakyRelu" => node.Is(node.OpType),
            "PRelu" => node.Is("PRelu") && OwnsConstants(node, index, 1) && index.Constant(node.Input[1])!.Dims is var slopes &&
                (slopes.All(size => size == 1) || (slopes.Count >= 3 && slopes[^3] == channels && index.Constant(node.Input[1])!.Count == channels)),
            "Conv" => node.Is("Conv") && node.Find("group")?.I == channels && OwnsConstants(node, index, 1) && Weights(node, index).Dims[0] == channels,
            _ => false,
        };

        /// <summary>Whether all inputs from one on are float constants in this graph that no other node reads.</summary>
        private static bool OwnsConstants(NodeProto node, GraphIndex index, int from) =>
            node.Input.Skip(from).All(name => index.Uses(name) == 1 && index.Constant(name) is { IsFloat: true });

        private static bool IsPadded(NodeProto convolution) =>
            (convolution.Find("pads")?.Ints.Any(pad => pad != 0) ?? false) || convolution.Find("auto_pad")?.S.ToStringUtf8() is not (null or "" or "NOTSET" or "VALID");
    }
}
