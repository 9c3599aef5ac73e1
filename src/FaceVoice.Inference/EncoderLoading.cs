using FaceVoice.Inference.Faces;
using FaceVoice.Models;

namespace FaceVoice.Inference;

/// <summary>What a manifest says of the face encoder, as options, and the check that the file is the very one.</summary>
internal static class EncoderLoading
{
    public static FaceEncoderOptions FaceOptions(ModelBundle? bundle, FaceVoiceEngineOptions options)
    {
        var path = options.FaceEncoderPath ?? bundle?.FaceEncoderPath;
        if (bundle?.Manifest.Encoders.Face is not { } spec)
        {
            return new FaceEncoderOptions { ModelPath = path };
        }

        return new FaceEncoderOptions
        {
            ModelPath = path,
            InputSize = spec.Preprocessing.ImageSize,
            ChannelOrder = spec.Preprocessing.ChannelOrder switch
            {
                "bgr" => ChannelOrder.Bgr,
                "rgb" => ChannelOrder.Rgb,
                var other => throw new ModelFormatException($"The model's face encoder wants the channel order '{other}'; known are bgr and rgb."),
            },
            Mean = spec.Preprocessing.Mean,
            Scale = spec.Preprocessing.Scale,
            Dimension = spec.Dimension,
        };
    }

    public static void RequireSameEncoder(ModelBundle? bundle, FaceEncoder encoder)
    {
        if (bundle?.Manifest.Encoders.Face is { Sha256.Length: > 0 } spec && spec.Sha256 != encoder.ModelSha256)
        {
            throw new ModelMismatchException($"the face encoder '{spec.Name}'", spec.Sha256, encoder.ModelSha256);
        }
    }
}
