using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>
/// Which network turns an aligned face into numbers, and what it takes. Any ArcFace-style ONNX fits: one image <c>[1 or ?, 3, S, S]</c> in, one
/// embedding <c>[1 or ?, D]</c> out. The defaults are those of the encoder that travels with the program.
/// </summary>
public sealed record FaceEncoderOptions
{
    private const string Alignment = "arcface-112";

    /// <summary>Gets the ONNX file, or the JSON file of a TensorFlow.js model.</summary>
    /// <value>The default, null, is the encoder that travels with the program.</value>
    public string? ModelPath { get; init; }

    /// <summary>Gets the side of the input, in pixels, 16 to 1024. A crop of another size is stretched.</summary>
    /// <value>The default is 112.</value>
    public int InputSize { get; init; } = FaceAligner.Size;

    /// <summary>Gets the order of the input's planes.</summary>
    /// <value>The default is blue, green, red.</value>
    public ChannelOrder ChannelOrder { get; init; } = ChannelOrder.Bgr;

    /// <summary>Gets what is subtracted from each byte value.</summary>
    /// <value>The default is 127.</value>
    public float Mean { get; init; } = 127;

    /// <summary>Gets what the difference is divided by: the input is (v − <see cref="Mean"/>) / <see cref="Scale"/>. Not 0.</summary>
    /// <value>The default is 128.</value>
    public float Scale { get; init; } = 128;

    /// <summary>Gets the number of values in an embedding, 1 to 8192.</summary>
    /// <value>The default is 512.</value>
    public int Dimension { get; init; } = 512;

    /// <summary>Gets the output that holds the embedding.</summary>
    /// <value>The default, null, is the network's only output.</value>
    public string? Output { get; init; }

    /// <summary>Gets where the network runs.</summary>
    /// <value>The default is the processor.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Cpu;

    /// <summary>What a manifest says of its face encoder.</summary>
    /// <param name="spec">The manifest's entry.</param>
    /// <param name="path">The network's file.</param>
    /// <exception cref="ModelFormatException">The order of the planes or the alignment is not known.</exception>
    internal static FaceEncoderOptions From(FaceEncoderSpec spec, string path) => spec.Preprocessing.Alignment != Alignment
        ? throw new ModelFormatException(
            $"The model's face encoder wants faces aligned as '{spec.Preprocessing.Alignment}'; known is {Alignment}.")
        : new FaceEncoderOptions
        {
            ModelPath = path,
            InputSize = spec.Preprocessing.ImageSize,
            ChannelOrder = spec.Preprocessing.ChannelOrder switch
            {
                "bgr" => ChannelOrder.Bgr,
                "rgb" => ChannelOrder.Rgb,
                var other => throw new ModelFormatException(
                    $"The model's face encoder wants the channel order '{other}'; known are bgr and rgb."),
            },
            Mean = spec.Preprocessing.Mean,
            Scale = spec.Preprocessing.Scale,
            Dimension = spec.Dimension,
            Output = spec.Output,
        };
}

/// <summary>Which colour a network's first plane holds.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red: what networks trained on OpenCV images take.</summary>
    Bgr,
}
