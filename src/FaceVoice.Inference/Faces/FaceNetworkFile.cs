using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Models.TensorFlowJs;

namespace FaceVoice.Inference.Faces;

/// <summary>Loads a face network from an ONNX file, or from a TensorFlow.js graph model, which is converted in memory in some 30 ms.</summary>
internal static class FaceNetworkFile
{
    /// <summary>Loads a network for square images.</summary>
    /// <param name="path">An ONNX file, or the JSON file of a TensorFlow.js model.</param>
    /// <param name="imageSide">Width and height of its input, in pixels.</param>
    /// <param name="device">Where it runs.</param>
    /// <returns>The session, and the hash by which manifests know the network: that of the file, or of the model that was converted.</returns>
    /// <exception cref="OnnxModelException">The file is missing or is no network that can be run.</exception>
    public static (OnnxSession Session, string Sha256) Load(string path, int imageSide, ExecutionDevice device)
    {
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
        {
            var session = OnnxSession.Load(path, new OnnxSessionOptions { Device = device });
            return (session, session.Sha256);
        }

        try
        {
            var model = TensorFlowJsModel.Read(path);
            var options = new OnnxSessionOptions { Name = Path.GetFileNameWithoutExtension(path), Device = device };
            return (OnnxSession.Load(model.ToOnnx(imageSide), options), model.Sha256);
        }
        catch (ModelFormatException error)
        {
            throw new OnnxModelException(error.Message, error);
        }
    }

    /// <summary>The shapes of all outputs for one image.</summary>
    public static IReadOnlyList<long[]> OutputShapes(OnnxSession session) =>
        [.. session.Outputs.Select(output => output.Shape.Select((size, axis) => axis == 0 && size < 0 ? 1 : size).ToArray())];
}
