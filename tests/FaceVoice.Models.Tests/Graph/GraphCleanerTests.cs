using FaceVoice.Models.Graph;
using FaceVoice.Models.Graph.Format;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Tests.Graph;

/// <summary>Networks before and after cleaning, both run by ONNX Runtime.</summary>
public sealed class GraphCleanerTests
{
    private const float Epsilon = 1e-12f;

    [Fact]
    public void Clean_TinyWeights_AreZeroAndResultsTheSameBits()
    {
        var file = Normalized(weight => weight % 3 == 0 ? 1e-39f : weight % 3 == 1 ? 3e-13f : 0.1f * weight);
        var cleaned = GraphCleaner.Clean(file, rewrite: false);

        var before = Weights(file, "w");
        var after = Weights(cleaned, "w");
        Assert.Equal(before.Select(weight => weight < 1e-12f ? 0 : weight), after);
        Assert.Equal(Run(file, 4, 8), Run(cleaned, 4, 8));
    }

    [Fact]
    public void Clean_TinyConstantThatIsNoWeight_Stays()
    {
        var cleaned = GraphCleaner.Clean(Normalized(weight => weight == 0 ? 1e-39f : weight), rewrite: true);
        Assert.Equal(Epsilon, Weights(cleaned, FormattableString.Invariant($"c_{Epsilon:R}")).Single());
    }

    [Fact]
    public void Clean_WeightsThatAreAllTiny_Stay()
    {
        // Something may scale them up again: 1e-13 · 1e13.
        var file = Normalized(weight => 1e-13f * (weight + 1));
        Assert.Same(file, GraphCleaner.Clean(file, rewrite: true));
    }

    [Fact]
    public void Clean_NothingToClean_GivesTheFileItself()
    {
        var file = Normalized(weight => weight);
        Assert.Same(file, GraphCleaner.Clean(file, rewrite: true));
    }

    [Fact]
    public void Clean_PRelu_IsRewrittenWithin1e6()
    {
        var network = new ImageNetwork(seed: 1) { Slopes = channel => (0.1f * channel) - 0.7f };
        var cleaned = GraphCleaner.Clean(network.File, rewrite: true);

        Assert.DoesNotContain("PRelu", Operators(cleaned));
        AssertClose(network.File, cleaned, ImageNetwork.InputLength);
    }

    [Fact]
    public void Clean_PReluOfOneSlope_IsALeakyRelu()
    {
        var network = new ImageNetwork(seed: 2) { Slopes = _ => 0.25f };
        var cleaned = GraphCleaner.Clean(network.File, rewrite: true);

        Assert.Equal(2, Operators(cleaned).Count(name => name == "LeakyRelu"));
        AssertClose(network.File, cleaned, ImageNetwork.InputLength);
    }

    [Fact]
    public void Clean_PReluForAnotherDevice_Stays() =>
        Assert.Contains("PRelu", Operators(GraphCleaner.Clean(new ImageNetwork(seed: 1).File, rewrite: false)));

    [Fact]
    public void Clean_PReluOfNotANumber_GivesNotANumber()
    {
        var network = new ImageNetwork(seed: 1);
        var input = Input(ImageNetwork.InputLength);
        input[17] = float.NaN;
        Assert.Contains(Run(network.File, input), float.IsNaN);
        Assert.Contains(Run(GraphCleaner.Clean(network.File, rewrite: true), input), float.IsNaN);
    }

    [Theory]
    [InlineData(0f, 1, 32)] // adds nothing anywhere
    [InlineData(0.5f, 0, 32)] // goes into the bias
    [InlineData(0.5f, 1, 48)] // padding makes what it adds depend on the place
    public void Clean_DeadChannels_AreLeftOutWhereThatIsSafe(float bias, int pad, int expected)
    {
        // 30 of 48 live; 32 fill the blocks.
        var network = new ImageNetwork(seed: 3) { IsDead = channel => channel % 8 < 3, DeadBias = bias, Pad = pad };
        var cleaned = GraphCleaner.Clean(network.File, rewrite: false);

        Assert.Equal(expected, Dimension(cleaned, "expand", 0));
        Assert.Equal(expected, Dimension(cleaned, "project", 1));
        AssertClose(network.File, cleaned, ImageNetwork.InputLength);
    }

    [Fact]
    public void Clean_AllChannelsDead_StillRuns()
    {
        var network = new ImageNetwork(seed: 4) { IsDead = _ => true, DeadBias = 0.5f, Pad = 0 };
        var cleaned = GraphCleaner.Clean(network.File, rewrite: true);
        Assert.Equal(16, Dimension(cleaned, "expand", 0));
        AssertClose(network.File, cleaned, ImageNetwork.InputLength);
    }

    [Fact]
    public void Clean_ValueReadTwice_IsNotPruned()
    {
        var network = new ImageNetwork(seed: 5) { IsDead = channel => channel < 30, HasSecondReader = true };
        Assert.Equal(48, Dimension(GraphCleaner.Clean(network.File, rewrite: false), "expand", 0));
    }

    [Fact]
    public void Clean_NoOnnx_IsLeftToTheRuntime()
    {
        byte[] file = [1, 2, 3, 4];
        Assert.Same(file, GraphCleaner.Clean(file, rewrite: true));
    }

    [Fact]
    public void Inspect_Network_CountsWithoutChangingTheFile()
    {
        using var folder = new TemporaryFolder();
        var network = new ImageNetwork(seed: 3) { IsDead = channel => channel % 8 < 3, DeadWeight = 1e-40f };
        File.WriteAllBytes(folder.File("network.onnx"), network.File);

        var found = GraphCleaner.Inspect(folder.File("network.onnx"))!;

        Assert.Equal(2, found.RewrittenActivations);
        Assert.Equal(16, found.DeadChannels);
        Assert.Equal(18 * 4, found.Denormals);
        Assert.Equal(18 * 4, found.TinyWeights);
        Assert.Equal(network.File, File.ReadAllBytes(folder.File("network.onnx")));
    }

    [Fact]
    public void Load_CleanedNetwork_HasTheHashOfItsSource()
    {
        var network = new ImageNetwork(seed: 3) { IsDead = channel => channel % 8 < 3 };
        using var session = OnnxSession.Load(network.File);
        Assert.Equal(ContentHash.OfBytes(network.File), session.Sha256);
    }

    [Fact]
    public void Load_WeightsInAnotherFile_RunAsTheyAre()
    {
        using var folder = new TemporaryFolder();
        var model = ModelProto.Parser.ParseFrom(new ImageNetwork(seed: 1).File);
        var weights = model.Graph.Initializer.Single(tensor => tensor.Name == "expand");
        File.WriteAllBytes(folder.File("expand.bin"), weights.RawData.ToByteArray());
        var location = new StringStringEntryProto { Key = "location", Value = "expand.bin" }.ToByteArray();
        weights.ClearRawData();
        weights.DataLocation = TensorProto.Types.DataLocation.External;
        weights.MergeFrom([(13 << 3) | 2, (byte)location.Length, .. location]); // external_data
        File.WriteAllBytes(folder.File("network.onnx"), model.ToByteArray());

        Assert.Null(GraphCleaner.Inspect(folder.File("network.onnx")));
        using var session = OnnxSession.Load(folder.File("network.onnx"));
        var input = Input(ImageNetwork.InputLength);
        using var result = session.Run(new OnnxInput("x", input, 1, 4, 6, 6));
        Assert.Equal(Run(new ImageNetwork(seed: 1).File, input), result.Floats(0).ToArray());
    }

    [Fact]
    public void Inspect_PackagedFaceEncoder_FindsWhatMakesItSlow()
    {
        var path = RepositoryPaths.Of("third_party", "face-models", "model", "fr_feature.onnx");
        Assert.SkipUnless(File.Exists(path), "needs the native parts: tools/setup");
        var found = GraphCleaner.Inspect(path)!;
        Assert.Equal(33, found.RewrittenActivations);
        Assert.InRange(found.Denormals, 8_900, 9_000);
        Assert.InRange(found.TinyWeights, 195_000, 196_000);
        Assert.InRange(found.DeadChannels, 1_100, 1_350);
    }

    private static byte[] Normalized(Func<int, float> weight)
    {
        var graph = new OnnxGraphBuilder("test");
        var x = graph.Input("x", TensorElement.Real32, 4, 8);
        var w = graph.Initializer(new NamedTensor("w", [8, 8], [.. Enumerable.Range(0, 64).Select(weight)]));
        var product = graph.Add("MatMul", [x, w]);
        var length = graph.Add("ReduceL2", [product], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1));
        graph.Output("y", graph.Add("Div", [product, graph.Add("Max", [length, graph.Scalar(Epsilon)])]), TensorElement.Real32, 4, 8);
        return graph.ToArray();
    }

    private static float[] Weights(byte[] file, string name) => ModelProto.Parser.ParseFrom(file).Graph.Initializer.Single(tensor => tensor.Name == name).Floats().ToArray();

    private static long Dimension(byte[] file, string name, int axis) => ModelProto.Parser.ParseFrom(file).Graph.Initializer.Single(tensor => tensor.Name == name).Dims[axis];

    private static string[] Operators(byte[] file) => [.. ModelProto.Parser.ParseFrom(file).Graph.Node.Select(node => node.OpType)];

    private static float[] Input(int length)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static void AssertClose(byte[] expected, byte[] actual, int inputLength)
    {
        var input = Input(inputLength);
        var results = Run(expected, input);
        var tolerance = 1e-6f * results.Max(Math.Abs);
        Assert.All(results.Zip(Run(actual, input)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private static float[] Run(byte[] file, params int[] shape) => Run(file, Input(shape.Aggregate(1, (product, size) => product * size)));

    /// <summary>Runs a file as it is, past everything of ours.</summary>
    private static float[] Run(byte[] file, float[] input)
    {
        using var session = new InferenceSession(file);
        var shape = session.InputMetadata["x"].Dimensions.Select(size => (long)size).ToArray();
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var options = new RunOptions();
        using var result = session.Run(options, ["x"], [value], session.OutputNames);
        return result[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>4 channels → 48 (1×1) → PReLU → 48 (3×3, channel by channel) → PReLU → 8 (3×3).</summary>
    private sealed class ImageNetwork(int seed)
    {
        private const int Channels = 48;

        public Func<int, float> Slopes { get; init; } = channel => 0.01f * channel;

        public Func<int, bool> IsDead { get; init; } = _ => false;

        public float DeadWeight { get; init; }

        public float DeadBias { get; init; }

        public int Pad { get; init; } = 1;

        public bool HasSecondReader { get; init; }

        public const int InputLength = 4 * 6 * 6;

        public byte[] File => Build();

        private byte[] Build()
        {
            var random = new Random(seed);
            float Next() => (float)(random.NextDouble() - 0.5);
            float[] Dead(int perChannel) =>
                [.. Enumerable.Range(0, Channels * perChannel).Select(i => Next() is var weight && IsDead(i / perChannel) ? DeadWeight : weight)];
            float[] Live(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

            var graph = new OnnxGraphBuilder("test");
            var x = graph.Input("x", TensorElement.Real32, 1, 4, 6, 6);
            var slopes = new NamedTensor("slopes", [Channels, 1, 1], [.. Enumerable.Range(0, Channels).Select(Slopes)]);
            float[] bias = [.. Enumerable.Range(0, Channels).Select(channel => IsDead(channel) ? DeadBias : Next())];
            var expanded = graph.Add("Conv", [x, graph.Initializer(new NamedTensor("expand", [Channels, 4, 1, 1], Dead(4))), graph.Initializer(new NamedTensor("expand_bias", [Channels], bias))]);
            var active = graph.Add("PRelu", [expanded, graph.Initializer(slopes)]);
            var spread = graph.Add(
                "Conv",
                [active, graph.Initializer(new NamedTensor("depthwise", [Channels, 1, 3, 3], Live(Channels * 9)))],
                OnnxAttribute.Of("group", Channels), OnnxAttribute.Of("pads", Pad, Pad, Pad, Pad));
            var again = graph.Add("PRelu", [spread, graph.Initializer(slopes.WithName("slopes_again"))]);
            var project = graph.Initializer(new NamedTensor("project", [8, Channels, 3, 3], Live(8 * Channels * 9)));
            var size = 6 + (4 * Pad) - 4;
            graph.Output("y", graph.Add("Conv", [again, project], OnnxAttribute.Of("pads", Pad, Pad, Pad, Pad)), TensorElement.Real32, 1, 8, size, size);
            if (HasSecondReader)
            {
                graph.Output("expanded", expanded, TensorElement.Real32, 1, Channels, 6, 6);
            }

            return graph.ToArray();
        }
    }
}
