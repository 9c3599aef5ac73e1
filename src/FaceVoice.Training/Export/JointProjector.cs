using FaceVoice.Datasets.Features;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Training.Export;

/// <summary>Carries whole feature sets into the joint space with the exported heads, so that an evaluation sees what will be served.</summary>
public static class JointProjector
{
    private const int RowsACall = 1_024;

    /// <summary>Projects all rows.</summary>
    /// <param name="set">The features.</param>
    /// <param name="faceHead">The exported face head: the content of its ONNX file.</param>
    /// <param name="voiceHead">The exported voice head.</param>
    /// <exception cref="OnnxModelException">A head does not take features of this length.</exception>
    public static FeatureSet Project(FeatureSet set, byte[] faceHead, byte[] voiceHead)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.WithFeatures(Project(set.Faces, faceHead), Project(set.Voices, voiceHead));
    }

    private static FeatureMatrix Project(FeatureMatrix matrix, byte[] head)
    {
        using var session = OnnxSession.Load(head);
        session.RequireInput("embedding", TensorElement.Real32, -1, matrix.Dimension);
        var index = Enumerable.Range(0, session.Outputs.Count).First(i => session.Outputs[i].Name == "joint");
        float[]? joint = null;
        var dimension = 0;
        for (var row = 0; row < matrix.Rows; row += RowsACall)
        {
            var count = Math.Min(RowsACall, matrix.Rows - row);
            var input = matrix.Values.Slice(row * matrix.Dimension, count * matrix.Dimension).ToArray();
            using var result = session.Run(new OnnxInput("embedding", input, [count, matrix.Dimension]));
            var values = result.Floats(index);
            dimension = values.Length / count;
            joint ??= new float[matrix.Rows * dimension];
            values.CopyTo(joint.AsSpan(row * dimension));
        }

        return new(joint ?? [], Math.Max(dimension, 1), "joint");
    }
}
