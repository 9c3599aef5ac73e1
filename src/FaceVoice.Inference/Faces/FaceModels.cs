using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>The pretrained face models that travel with the program: where they are expected, and what manifests say of them.</summary>
public static class FaceModels
{
    /// <summary>Gets the path of the face detector.</summary>
    public static string Detector => PackagedModels.PathOf("face", "fr_detect.onnx");

    /// <summary>Gets the path of the landmark network.</summary>
    public static string Landmarks => PackagedModels.PathOf("face", "fr_landmark.onnx");

    /// <summary>Gets the path of the face encoder, 512 dimensions: who somebody is.</summary>
    public static string Encoder => PackagedModels.PathOf("face", "fr_feature.onnx");

    /// <summary>Gets the path of the network of age, gender and a descriptor of 1,024 dimensions: what somebody looks like.</summary>
    public static string Descriptor => PackagedModels.PathOf("face", "faceres.json");

    /// <summary>Gets what a manifest says of <see cref="Encoder"/>.</summary>
    public static FaceEncoderSpec EncoderSpec { get; } = new()
    {
        Name = "faceplugin",
        Sha256 = "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
        Dimension = 512,
    };

    /// <summary>Gets what a manifest says of <see cref="Descriptor"/>.</summary>
    public static FaceEncoderSpec DescriptorSpec { get; } = new()
    {
        Name = "faceres",
        Sha256 = "1028a60eeb7af9949dcf2123a1dd2335f72a3f97365c002c1b2bbc9c03123422",
        Dimension = 1024,
        Output = "global_pooling/Mean",
        Preprocessing = new FacePreprocessing { ImageSize = 224, ChannelOrder = "rgb", Mean = 0, Scale = 1 },
    };

    /// <summary>The packaged file of an encoder that is not part of its bundle; the encoder's loader compares its hash.</summary>
    /// <param name="spec">What a manifest says of it.</param>
    public static string PathOf(FaceEncoderSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Sha256 == DescriptorSpec.Sha256 ? Descriptor : Encoder;
    }
}
