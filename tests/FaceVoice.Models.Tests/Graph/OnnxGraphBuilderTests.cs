using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Models.Tests.Graph;

/// <summary>Files written by the builder, loaded and run by ONNX Runtime.</summary>
public sealed class OnnxGraphBuilderTests
{
    [Fact]
    public void ToArray_SmallGraph_RunsAndGivesTheRightNumbers()
    {
        var graph = new OnnxGraphBuilder("test");
        var x = graph.Input("x", TensorElement.Real32, "batch", 2);
        var weight = graph.Initializer(new NamedTensor("w", [2, 2], [1f, 2f, 3f, 4f]));
        var y = graph.Add("LeakyRelu", [graph.Add("Gemm", [x, weight], OnnxAttribute.Of("transB", 1))], OnnxAttribute.Of("alpha", 0.5f));
        graph.Output("y", y, TensorElement.Real32, "batch", 2);

        using var session = OnnxSession.Load(graph.ToArray());
        using var result = session.Run(new OnnxInput("x", new[] { 1f, -1f, 0f, 1f }, 2, 2));

        Assert.Equal([-0.5f, -0.5f, 2f, 4f], result.Floats(0).ToArray());
    }

    [Fact]
    public void ToArray_Shapes_AreTheDeclaredOnes()
    {
        var graph = new OnnxGraphBuilder("test");
        var x = graph.Input("x", TensorElement.Integer64, "batch", 3);
        graph.Output("y", graph.Add("Cast", [x], OnnxAttribute.Of("to", 1)), TensorElement.Real32, "batch", 3);

        using var session = OnnxSession.Load(graph.ToArray());

        Assert.Equal([-1L, 3L], session.RequireInput("x", TensorElement.Integer64, -1, 3).Shape);
        Assert.Equal([-1L, 3L], session.RequireOutput("y", TensorElement.Real32, -1, 3).Shape);
    }

    [Fact]
    public void Add_SeveralOutputs_KeepTheirOrder()
    {
        var graph = new OnnxGraphBuilder("test");
        var x = graph.Input("x", TensorElement.Real32, 1, 4);
        var parts = graph.Add("Split", [x], 2, OnnxAttribute.Of("axis", 1));
        graph.Output("second", parts[1], TensorElement.Real32, 1, 2);

        using var session = OnnxSession.Load(graph.ToArray());
        using var result = session.Run(new OnnxInput("x", new[] { 1f, 2f, 3f, 4f }, 1, 4));

        Assert.Equal([3f, 4f], result.Floats(0).ToArray());
    }

    [Fact]
    public void Constants_SameValue_AreWrittenOnce()
    {
        var graph = new OnnxGraphBuilder("test");
        Assert.Equal(graph.Scalar(1.5f), graph.Scalar(1.5f));
        Assert.Equal(graph.Scalar(-3L), graph.Scalar(-3L));
        Assert.Equal(graph.Integers(1, -2), graph.Integers(1, -2));
        Assert.NotEqual(graph.Scalar(1f), graph.Scalar(1L));
    }

    [Fact]
    public void ToArray_SameGraphTwice_GivesTheSameBytes() => Assert.Equal(Tiny(), Tiny());

    [Fact]
    public void ToArray_Metadata_IsInTheFile()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Output("y", graph.Input("x", TensorElement.Real32, 1), TensorElement.Real32, 1);
        graph.Metadata("facevoice.kind", "grün");
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(graph.ToArray());
        Assert.Equal("grün", session.ModelMetadata.CustomMetadataMap["facevoice.kind"]);
        Assert.Equal("FaceVoice", session.ModelMetadata.ProducerName);
    }

    [Fact]
    public void Add_ValueOfAnotherGraph_Throws()
    {
        var other = new OnnxGraphBuilder("other").Input("x", TensorElement.Real32, 1);
        Assert.Throws<ArgumentException>("value", () => new OnnxGraphBuilder("test").Add("Relu", [other]));
    }

    [Fact]
    public void Initializer_NameTaken_Throws()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Initializer(new NamedTensor("w", [1], [1f]));
        Assert.Throws<ArgumentException>("name", () => graph.Initializer(new NamedTensor("w", [1], [2f])));
    }

    [Fact]
    public void Initializer_DoublePrecision_Throws() =>
        Assert.Throws<ArgumentException>("tensor", () => new OnnxGraphBuilder("test").Initializer(new NamedTensor("w", [1], [1.0])));

    [Fact]
    public void ToArray_NoOutput_Throws() => Assert.Throws<InvalidOperationException>(() => new OnnxGraphBuilder("test").ToArray());

    private static byte[] Tiny()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Metadata("b", "2");
        graph.Metadata("a", "1");
        graph.Output("y", graph.Input("x", TensorElement.Real32, "n"), TensorElement.Real32, "n");
        return graph.ToArray();
    }
}
