using FaceVoice.Models;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Testing.Models;

/// <summary>
/// A small valid bundle with random weights: speaker encoder, both heads, calibration. Its scores mean nothing, but every part runs and every number is
/// the same for the same seed. Needs the face encoder's file from set-up for its hash, and no LibTorch.
/// </summary>
public static class RandomSpeakerBundle
{
    /// <summary>Length of a speaker embedding.</summary>
    public const int SpeakerDimension = 192;

    /// <summary>Length of a face embedding.</summary>
    public const int FaceDimension = 512;

    /// <summary>Length of a joint embedding.</summary>
    public const int JointDimension = 256;

    /// <summary>Writes a bundle into <paramref name="folder"/>, which is made where it does not exist.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="seed">Other seeds give other models, with other ids.</param>
    /// <param name="withHeads">Without heads it is a speaker-only bundle, as an import makes it.</param>
    public static ModelBundle Create(string folder, int seed = 1, bool withHeads = true)
    {
        Directory.CreateDirectory(folder);
        var speaker = SpeakerExporter.Export("xvector", RandomWeights.XVector(seed, 24, [48, 48, 48, 48, 96], SpeakerDimension));
        Write(folder, ModelBundle.SpeakerFile, speaker.Onnx);
        if (withHeads)
        {
            Write(folder, ModelBundle.FaceHeadFile, HeadExporter.Export("face_head", RandomWeights.Head(seed + 1, FaceDimension, 64, JointDimension)).Onnx);
            Write(folder, ModelBundle.VoiceHeadFile, HeadExporter.Export("voice_head", RandomWeights.Head(seed + 2, SpeakerDimension, 64, JointDimension)).Onnx);
        }

        return ModelBundle.Create(folder, Manifest(seed, speaker.Spec, withHeads));
    }

    private static ModelManifest Manifest(int seed, SpeakerEncoderSpec speaker, bool withHeads) => new()
    {
        Name = $"random-{seed}",
        Created = DateTimeOffset.UnixEpoch,
        Dimensions = new EmbeddingDimensions { Speaker = SpeakerDimension, Face = withHeads ? FaceDimension : null, Joint = withHeads ? JointDimension : null },
        Encoders = new EncoderSpecs { Speaker = speaker, Face = withHeads ? Face() : null },
        Heads = !withHeads ? null : new HeadSpecs
        {
            Face = new HeadSpec { File = ModelBundle.FaceHeadFile, InputDimension = FaceDimension, OutputDimension = JointDimension },
            Voice = new HeadSpec { File = ModelBundle.VoiceHeadFile, InputDimension = SpeakerDimension, OutputDimension = JointDimension },
        },
        Calibration = new CalibrationSpecs
        {
            Joint = withHeads ? Calibration(0.1) : null,
            Speaker = Calibration(0.5),
        },
        Licences = [new LicenceNotice { Subject = "random weights", Licence = "CC0-1.0" }],
    };

    private static FaceEncoderSpec Face() => new()
    {
        Name = "fr_feature",
        Sha256 = ContentHash.OfFile(RepositoryPaths.Of("third_party", "face-models", "model", "fr_feature.onnx")),
        Dimension = FaceDimension,
    };

    private static ScoreCalibration Calibration(double threshold) => new()
    {
        PlattScale = 10,
        PlattOffset = -10 * threshold,
        Thresholds = [new DecisionThreshold { Name = "eer", Score = threshold, FalseAcceptRate = 0.5, FalseRejectRate = 0.5 }],
        Data = "none: the weights are random",
    };

    private static void Write(string folder, string name, ReadOnlyMemory<byte> bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes.Span);
}
