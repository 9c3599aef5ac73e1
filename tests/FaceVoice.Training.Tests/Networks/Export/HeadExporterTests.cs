using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Exported heads against the reference's outputs.</summary>
public sealed class HeadExporterTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Export_ReferenceHead_GivesTheReferencesDirections(string head)
    {
        var weights = NpzFile.Read(ReferenceData.Golden("head", $"init_{head}.npz"))
            .ToDictionary(item => item.Key.Replace('_', '.'), item => item.Value.WithName(item.Key.Replace('_', '.')));
        var model = HeadExporter.Export($"head_{head}", weights);
        var input = NpyFile.Read(ReferenceData.Golden("head", $"x_{head}.npy"));
        var expected = Normalized(NpyFile.Read(ReferenceData.Golden("head", $"y_{head}.npy")).Floats.ToArray(), model.OutputDimension);

        using var session = OnnxSession.Load(model.Onnx.ToArray());
        using var result = session.Run(new OnnxInput("embedding", input.Floats.ToArray(), input.Shape[0], input.Shape[1]));

        Assert.Equal((512, 256), (model.InputDimension, model.OutputDimension));
        // The reference's tolerance of 1e-5 is for outputs that are some ten long; of unit length they agree more closely.
        Assert.InRange(SpeakerSessions.LargestDifference(expected, result.Floats(0)), 0f, 1e-6f);
    }

    [Fact]
    public void Export_RowOfZeros_StaysFinite()
    {
        var weights = new Dictionary<string, NamedTensor>
        {
            ["fc1.weight"] = new("fc1.weight", [2, 3], [1f, 2f, 3f, 4f, 5f, 6f]),
            ["fc1.bias"] = new("fc1.bias", [2], [0f, 0f]),
        };
        using var session = OnnxSession.Load(HeadExporter.Export("shallow", weights).Onnx.ToArray());
        using var result = session.Run(new OnnxInput("embedding", new float[3], 1, 3));
        Assert.Equal([0f, 0f], result.Floats(0).ToArray());
    }

    private static float[] Normalized(float[] rows, int width) =>
        [.. rows.Chunk(width).SelectMany(row =>
        {
            var norm = Math.Sqrt(row.Sum(v => (double)v * v));
            return row.Select(v => (float)(v / norm));
        })];
}
