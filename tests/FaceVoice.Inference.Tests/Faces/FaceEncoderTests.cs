using System.Numerics.Tensors;
using FaceVoice.Inference.Faces;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Tests.Faces;

public sealed class FaceEncoderTests(FaceModelsFixture models) : IClassFixture<FaceModelsFixture>
{
    [Fact]
    public void Encode_AnyPicture_HasUnitLength()
    {
        using var noise = SyntheticImages.Noise(112, 112, seed: 3);
        Assert.Equal(1, TensorPrimitives.Norm<float>(models.Encoder.Encode(noise)), 1e-5f);
    }

    [Fact]
    public void Encode_ChannelOrderMatters()
    {
        using var picture = SyntheticImages.Paint(112, 112, (x, y) => (x * 2, 128, 255 - (y * 2)));
        using var rgb = new FaceEncoder(new FaceEncoderOptions { ChannelOrder = ChannelOrder.Rgb });
        Assert.True(TensorPrimitives.Dot<float>(models.Encoder.Encode(picture), rgb.Encode(picture)) < 0.999f);
    }

    [Fact]
    public void Construct_WrongInputSize_NamesTheActualShape()
    {
        var error = Assert.Throws<OnnxModelException>(() => new FaceEncoder(new FaceEncoderOptions { InputSize = 160 }));
        Assert.Contains("[1, 3, 160, 160]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 112, 112]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_WrongDimension_NamesTheActualShape()
    {
        var error = Assert.Throws<OnnxModelException>(() => new FaceEncoder(new FaceEncoderOptions { Dimension = 128 }));
        Assert.Contains("[1, 512]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_AnotherKindOfModel_NamesItsInputs()
    {
        var error = Assert.Throws<OnnxModelException>(() => new FaceEncoder(new FaceEncoderOptions { ModelPath = FaceModels.Detector }));
        Assert.Contains("[1, 3, 240, 320]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_MissingFile_SaysWhich()
    {
        var error = Assert.Throws<OnnxModelException>(() => new FaceEncoder(new FaceEncoderOptions { ModelPath = "/nowhere/face.onnx" }));
        Assert.Contains("/nowhere/face.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_ZeroScale_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaceEncoder(new FaceEncoderOptions { Scale = 0 }));

    [Fact]
    public void Encode_SpaceOfAnotherLength_IsRefused()
    {
        using var noise = SyntheticImages.Noise(112, 112, seed: 3);
        Assert.Throws<ArgumentException>("embedding", () => models.Encoder.Encode(noise, new float[128]));
    }
}
