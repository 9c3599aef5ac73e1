using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Tests;

/// <summary>A model bundle of small networks with random weights that keeps every contract: fast to make, useless to match with.</summary>
internal static class TinyBundle
{
    public const int SpeakerDimension = 24;
    public const int JointDimension = 16;

    public static ModelBundle Write(string folder, string? faceEncoderSha256 = null, bool heads = true, FaceEncoderSpec? jointFace = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ModelBundle.SpeakerFile), Speaker());
        if (heads)
        {
            File.WriteAllBytes(Path.Combine(folder, ModelBundle.FaceHeadFile), Head(jointFace?.Dimension ?? 512, seed: 2));
            File.WriteAllBytes(Path.Combine(folder, ModelBundle.VoiceHeadFile), Head(SpeakerDimension, seed: 3));
        }

        return ModelBundle.Create(folder, Manifest(faceEncoderSha256 ?? ContentHash.OfFile(FaceModels.Encoder), heads, jointFace));
    }

    private static ModelManifest Manifest(string faceEncoderSha256, bool heads, FaceEncoderSpec? jointFace) => new()
    {
        Name = "tiny",
        Dimensions = new EmbeddingDimensions { Face = 512, Speaker = SpeakerDimension, Joint = heads ? JointDimension : null },
        Encoders = new EncoderSpecs
        {
            Face = new FaceEncoderSpec { Name = "packaged", Sha256 = faceEncoderSha256, Dimension = 512 },
            JointFace = jointFace,
            Speaker = new SpeakerEncoderSpec
            {
                Architecture = "tiny",
                Dimension = SpeakerDimension,
                Preprocessing = new SpeakerPreprocessing { MelBins = 16, MinSamples = 4000 },
            },
        },
        Heads = !heads ? null : new HeadSpecs
        {
            Face = new HeadSpec { File = ModelBundle.FaceHeadFile, InputDimension = jointFace?.Dimension ?? 512, OutputDimension = JointDimension },
            Voice = new HeadSpec { File = ModelBundle.VoiceHeadFile, InputDimension = SpeakerDimension, OutputDimension = JointDimension },
        },
        Calibration = !heads ? null : new CalibrationSpecs { Joint = new ScoreCalibration { PlattScale = 4, PlattOffset = -1 } },
    };

    private static byte[] Speaker()
    {
        var random = new Random(1);
        var graph = new OnnxGraphBuilder("speaker");
        var waveform = graph.Input("waveform", TensorElement.Real32, "batch", "samples");
        graph.Input("lengths", TensorElement.Integer64, "batch");
        var channel = graph.Add("Unsqueeze", [waveform, graph.Integers(1)]);
        var filtered = graph.Add("Conv", [channel, Weights(graph, "filters", random, 16, 1, 400)], OnnxAttribute.Of("strides", [160L]));
        var mean = graph.Add(
            "ReduceMean", [graph.Add("Abs", [filtered])], OnnxAttribute.Of("axes", [2L]), OnnxAttribute.Of("keepdims", 0L));
        graph.Output("embedding", graph.Add("MatMul", [mean, Weights(graph, "projection", random, 16, SpeakerDimension)]), TensorElement.Real32, "batch", SpeakerDimension);
        return graph.ToArray();
    }

    private static byte[] Head(int inputs, int seed)
    {
        var random = new Random(seed);
        var graph = new OnnxGraphBuilder("head");
        var input = graph.Input("embedding", TensorElement.Real32, "batch", inputs);
        graph.Output("joint", graph.Add("MatMul", [input, Weights(graph, "projection", random, inputs, JointDimension)]), TensorElement.Real32, "batch", JointDimension);
        return graph.ToArray();
    }

    private static OnnxValue Weights(OnnxGraphBuilder graph, string name, Random random, params int[] shape)
    {
        var values = new float[shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.NextDouble() - 0.5);
        }

        return graph.Initializer(new NamedTensor(name, [.. shape], values));
    }
}
