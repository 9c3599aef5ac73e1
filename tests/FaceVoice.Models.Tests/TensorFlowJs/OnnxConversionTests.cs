using System.Text.Json.Nodes;
using FaceVoice.Models.TensorFlowJs;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.TensorFlowJs;

/// <summary>Each operation on numbers small enough to be worked out by hand.</summary>
public sealed class OnnxConversionTests
{
    private static readonly float[] OneToSixteen = [.. Enumerable.Range(1, 16).Select(i => (float)i)];

    [Fact]
    public void Conv2D_SamePaddingStride2_PadsBelowAndToTheRight()
    {
        // A 3 × 3 kernel of ones at stride 2 over 4 × 4: one row and column of padding, all of it at the end.
        var graph = Convolution(SmallGraph.Text("padding", "SAME"), SmallGraph.Integers("strides", 1, 2, 2, 1));
        Assert.Equal([54, 45, 72, 54], graph.Run(OneToSixteen, 1, 1, 4, 4));
    }

    [Fact]
    public void Conv2D_ValidAndExplicitPadding_GiveTheirSizes()
    {
        var valid = Convolution(SmallGraph.Text("padding", "VALID"));
        Assert.Equal([54, 63, 90, 99], valid.Run(OneToSixteen, 1, 1, 4, 4));
        var explicitly = Convolution(
            SmallGraph.Text("padding", "EXPLICIT"),
            SmallGraph.Integers("explicit_paddings", 0, 0, 1, 0, 1, 0, 0, 0),
            SmallGraph.Integers("strides", 1, 2, 2, 1));
        Assert.Equal([14, 30, 57, 99], explicitly.Run(OneToSixteen, 1, 1, 4, 4));
    }

    [Fact]
    public void Conv2D_SeveralChannels_TakesWeightsAsTensorFlowOrdersThem()
    {
        // [height, width, in, out]: out 0 = 1 x in 0 + 3 x in 1, out 1 = 2 x in 0 + 4 x in 1.
        var graph = new SmallGraph(-1, 1, 2, 2).Floats("w", [1, 1, 2, 2], 1, 2, 3, 4)
            .Node("y", "Conv2D", ["x", "w"], SmallGraph.Text("padding", "SAME"));
        Assert.Equal([1 + 30, 2 + 60, 2 + 40, 4 + 80], graph.Run([1, 2, 10, 20], 1, 2, 1, 2));
    }

    [Fact]
    public void DepthwiseConv2d_TwoFiltersAChannel_KeepsThemTogether()
    {
        var graph = new SmallGraph(-1, 1, 1, 2).Floats("w", [1, 1, 2, 2], 1, 2, 3, 4)
            .Node("y", "DepthwiseConv2dNative", ["x", "w"], SmallGraph.Text("padding", "SAME"));
        Assert.Equal([1, 2, 30, 40], graph.Run([1, 10], 1, 2, 1, 1));
    }

    [Fact]
    public void FusedConv2D_BiasAndRelu6_AreAppliedInTurn()
    {
        var graph = new SmallGraph(-1, 1, 3, 1).Floats("w", [1, 1, 1, 1], 1).Floats("b", [1], -2)
            .Node(
                "y",
                "_FusedConv2D",
                ["x", "w", "b"],
                SmallGraph.Text("padding", "SAME"),
                SmallGraph.Texts("fused_ops", "BiasAdd", "Relu6"));
        Assert.Equal([0, 3, 6], graph.Run([1, 5, 50], 1, 1, 1, 3));
    }

    [Fact]
    public void FusedMatMul_TransposedWeightsBiasAndRelu_GiveTheProduct()
    {
        var graph = new SmallGraph(-1, 2).Floats("w", [2, 2], 1, 2, 3, 4).Floats("b", [2], 1, -20)
            .Node("y", "_FusedMatMul", ["x", "w", "b"], SmallGraph.Flag("transpose_b"), SmallGraph.Texts("fused_ops", "BiasAdd", "Relu"));
        Assert.Equal([6, 0, 2, 0], graph.Run([1, 2, 1, 0], 2, 2));
    }

    [Fact]
    public void ReluMinimumMaximum_InARow_BoundTheValue()
    {
        var graph = new SmallGraph(-1, 3).Floats("six", [], 6).Floats("one", [], 1)
            .Node("a", "Relu", ["x"]).Node("b", "Minimum", ["a", "six"]).Node("y", "Maximum", ["b", "one"]);
        Assert.Equal([1, 3, 6], graph.Run([-4, 3, 9], 1, 3));
        Assert.Equal([0, 3], new SmallGraph(-1, 2).Floats("zero", [], 0).Node("y", "Maximum", ["zero", "x"]).Run([-4, 3], 1, 2));
        Assert.Equal([-4, 7], new SmallGraph(-1, 2).Floats("w", [2], 5, 7).Node("y", "Minimum", ["x", "w"]).Run([-4, 30], 1, 2));
    }

    [Fact]
    public void Elementwise_OnAnImage_MeetsTheChannels()
    {
        var graph = new SmallGraph(-1, 1, 2, 2).Floats("m", [2], 2, 3).Floats("a", [1, 1, 1, 2], 10, 20)
            .Node("b", "Mul", ["x", "m"]).Node("c", "Add", ["b", "a"]).Node("y", "Sub", ["c", "x"]);
        Assert.Equal([10 + 1, 10 + 2, 20 + 6, 20 + 8], graph.Run([1, 2, 3, 4], 1, 2, 1, 2));
    }

    [Fact]
    public void Mean_OverHeightAndWidth_LeavesTheChannels()
    {
        var graph = new SmallGraph(-1, 1, 2, 2).Integers("axes", 1, 2).Node("y", "Mean", ["x", "axes"]);
        Assert.Equal([1.5f, 3.5f], graph.Run([1, 2, 3, 4], 1, 2, 1, 2));
        var channels = new SmallGraph(-1, 1, 2, 2).Integers("axes", -1).Node("y", "Mean", ["x", "axes"]);
        Assert.Equal([2, 3], channels.Run([1, 2, 3, 4], 1, 2, 1, 2));
    }

    [Fact]
    public void Reshape_OfAnImage_CountsThroughItChannelsLast()
    {
        // Planes (1, 2) and (3, 4): channels last the order is 1, 3, 2, 4; and back, these four are the planes (1, 2) and (3, 4) again.
        var flat = new SmallGraph(-1, 1, 2, 2).Integers("s", -1, 4).Node("y", "Reshape", ["x", "s"]);
        Assert.Equal([1, 3, 2, 4], flat.Run([1, 2, 3, 4], 1, 2, 1, 2));
        var image = new SmallGraph(-1, 4).Integers("s", -1, 1, 2, 2).Node("y", "Reshape", ["x", "s"]);
        Assert.Equal([1, 2, 3, 4], image.Run([1, 3, 2, 4], 1, 4));
    }

    [Fact]
    public void SoftmaxAndSigmoid_OnAnImage_RunOverTheChannels()
    {
        var graph = new SmallGraph(-1, 1, 2, 2).Node("a", "Softmax", ["x"]).Node("y", "Identity", ["a"]);
        var values = graph.Run([0, 1, 0, 1], 1, 2, 1, 2);
        Assert.All(values, value => Assert.Equal(0.5f, value, 1e-6f));
        Assert.Equal([0.5f], new SmallGraph(-1, 1).Node("y", "Sigmoid", ["x"]).Run([0], 1, 1));
    }

    [Fact]
    public void Weights_Quantised_AreExpanded()
    {
        var scale = new JsonObject { ["dtype"] = "uint8", ["scale"] = 0.5, ["min"] = -1.0, ["original_dtype"] = "float32" };
        var bytes = new SmallGraph(-1, 3).Weight("w", "float32", [3], scale, [0, 2, 255]).Node("y", "Mul", ["x", "w"]);
        Assert.Equal([-1, 0, 126.5f], bytes.Run([1, 1, 1], 1, 3));
        var wide = new JsonObject { ["dtype"] = "uint16", ["scale"] = 2.0, ["min"] = 1.0, ["original_dtype"] = "float32" };
        var words = new SmallGraph(-1, 1).Weight("w", "float32", [1], wide, BitConverter.GetBytes((ushort)40_000))
            .Node("y", "Mul", ["x", "w"]);
        Assert.Equal([80_001], words.Run([1], 1, 1));
        var half = new JsonObject { ["dtype"] = "float16", ["original_dtype"] = "float32" };
        byte[] stored = [.. BitConverter.GetBytes((Half)0.1f), .. BitConverter.GetBytes(Half.Epsilon)];
        var halves = new SmallGraph(-1, 2).Weight("w", "float32", [2], half, stored).Node("y", "Mul", ["x", "w"]);
        Assert.Equal([(float)(Half)0.1f, (float)Half.Epsilon], halves.Run([1, 1], 1, 2));
    }

    [Fact]
    public void ToOnnx_ImageSideGiven_TakesTheOtherSize()
    {
        using var folder = new TemporaryFolder();
        var path = new SmallGraph(-1, -1, -1, 2).Integers("axes", 1, 2).Node("y", "Mean", ["x", "axes"]).Write(folder);
        Assert.NotEmpty(TensorFlowJsModel.Read(path).ToOnnx(imageSide: 7));
        Assert.Contains("name the side of the image", Message(() => TensorFlowJsModel.Read(path).ToOnnx()));
    }

    [Fact]
    public void ToOnnx_UnknownOperation_NamesOperationAndNode()
    {
        using var folder = new TemporaryFolder();
        var path = new SmallGraph(-1, 3).Node("head/erf", "Erf", ["x"]).Write(folder);
        var message = Message(() => TensorFlowJsModel.Read(path).ToOnnx());
        Assert.Contains("'head/erf' of operation Erf", message);
        Assert.Contains("Known are Add,", message);
    }

    [Theory]
    [InlineData("Conv2D", "data_format", "NCHW", "data format NCHW")]
    [InlineData("Conv2D", "padding", "REFLECT", "the padding REFLECT")]
    public void ToOnnx_UnknownAttribute_SaysWhich(string operation, string attribute, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = new SmallGraph(-1, 2, 2, 1).Floats("w", [1, 1, 1, 1], 1)
            .Node("y", operation, ["x", "w"], SmallGraph.Text(attribute, value)).Write(folder);
        Assert.Contains(expected, Message(() => TensorFlowJsModel.Read(path).ToOnnx()));
    }

    [Fact]
    public void ToOnnx_ShapesThatDoNotFit_AreRefused()
    {
        Refused(new SmallGraph(-1, 2, 2, 3).Floats("w", [1, 1, 2, 1], 1, 1).Node("y", "Conv2D", ["x", "w"]), "do not fit together");
        Refused(new SmallGraph(-1, 3).Floats("w", [2, 1], 1, 1).Node("y", "MatMul", ["x", "w"]), "no product of matrices");
        Refused(new SmallGraph(-1, 3).Floats("w", [2], 1, 1).Node("y", "Add", ["x", "w"]), "do not fit together");
        Refused(new SmallGraph(-1, 3).Integers("s", -1, 2).Node("y", "Reshape", ["x", "s"]), "from [?, 3] to [?, 2]");
        Refused(new SmallGraph(-1, 2, 2, 1).Integers("axes", 1).Node("y", "Mean", ["x", "axes"]), "a mean of an image");
        var elu = new SmallGraph(-1, 2).Floats("w", [2, 1], 1, 1)
            .Node("y", "_FusedMatMul", ["x", "w"], SmallGraph.Texts("fused_ops", "Elu"));
        Refused(elu, "Elu is joined to it");
    }

    [Fact]
    public void Read_DamagedModels_SayWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        SmallGraph Graph() => new SmallGraph(-1, 2).Floats("w", [2], 1, 2).Node("y", "Mul", ["x", "w"]);
        Assert.Contains("is a 'layers-model'", Message(() => TensorFlowJsModel.Read(Graph().Write(folder, format: "layers-model"))));
        Assert.Contains("is missing", Message(() => TensorFlowJsModel.Read(Graph().Write(folder, shard: "other.bin"))));
        Assert.Contains("cannot be a weight file", Message(() => TensorFlowJsModel.Read(Graph().Write(folder, shard: "../w.bin"))));
        Assert.Contains("12 bytes, its list of weights needs 8", Message(() => TensorFlowJsModel.Read(Graph().Write(folder, surplus: 4))));
        var incomplete = Graph().Node("z", "Relu", ["nobody"]);
        Assert.Contains("'nobody' is asked for", Message(() => TensorFlowJsModel.Read(incomplete.Write(folder))));
        var path = Graph().Write(folder);
        File.WriteAllBytes(folder.File("w.bin"), [1, 2, 3]);
        Assert.Contains("the weight 'w' [2] reaches beyond", Message(() => TensorFlowJsModel.Read(path)));
        File.WriteAllText(path, "{\"format\":\"graph-model\"}");
        Assert.Contains("not a graph model", Message(() => TensorFlowJsModel.Read(path)));
        File.WriteAllText(path, "not JSON");
        Assert.Contains("not a graph model", Message(() => TensorFlowJsModel.Read(path)));
        Assert.Throws<FileNotFoundException>(() => TensorFlowJsModel.Read(folder.File("none.json")));
    }

    [Fact]
    public void ToOnnx_Loop_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = new SmallGraph(-1, 2).Node("a", "Add", ["x", "b"]).Node("b", "Relu", ["a"]).Node("y", "Relu", ["b"]).Write(folder);
        Assert.Contains("loops cannot be converted", Message(() => TensorFlowJsModel.Read(path).ToOnnx()));
    }

    private static SmallGraph Convolution(params (string, JsonObject)[] attributes) =>
        new SmallGraph(-1, 4, 4, 1).Floats("w", [3, 3, 1, 1], [.. Enumerable.Repeat(1f, 9)]).Node("y", "Conv2D", ["x", "w"], attributes);

    private static void Refused(SmallGraph graph, string expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(expected, Message(() => TensorFlowJsModel.Read(graph.Write(folder)).ToOnnx()));
    }

    private static string Message(Action action) => Assert.Throws<ModelFormatException>(action).Message;
}
