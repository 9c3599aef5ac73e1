using System.Globalization;
using System.Text;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Models.TensorFlowJs;

namespace FaceVoice.Cli.Commands.Models;

/// <summary>Makes a bundle of a face network: converts it where that is needed, finds its vector, runs it once.</summary>
internal sealed record FaceNetworkImport
{
    private const string NetworkFile = "face.onnx";

    public required string File { get; init; }

    public required string Folder { get; init; }

    public string? Name { get; init; }

    public string? Licence { get; init; }

    public string? Output { get; init; }

    public int? ImageSize { get; init; }

    public required string ChannelOrder { get; init; }

    public float Mean { get; init; }

    public float Scale { get; init; }

    public ModelBundle Run()
    {
        if (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any())
        {
            throw new IOException($"{Folder} is not empty; name a new folder.");
        }

        var (onnx, sourceSha256, origin) = Read();
        var (output, side) = Inspect(onnx);
        Directory.CreateDirectory(Folder);
        AtomicFile.Write(Path.Combine(Folder, NetworkFile), stream => stream.Write(onnx));
        var name = Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));
        var spec = new FaceEncoderSpec
        {
            Name = name,
            File = NetworkFile,
            Dimension = (int)output.Shape[^1],
            Output = output.Name,
            Preprocessing = new FacePreprocessing { ImageSize = side, ChannelOrder = ChannelOrder, Mean = Mean, Scale = Scale },
        };
        var bundle = ModelBundle.Create(Folder, new ModelManifest
        {
            Name = name,
            Dimensions = new EmbeddingDimensions { Face = spec.Dimension },
            Encoders = new EncoderSpecs { Face = spec },
            Licences = Licence is null ? [] : [new LicenceNotice { Subject = "face network weights", Licence = Licence }],
        });
        RunOnce(bundle);
        AtomicFile.Write(Path.Combine(Folder, ModelBundle.ModelCardFile), stream => stream.Write(Encoding.UTF8.GetBytes(Card(bundle, sourceSha256, origin))));
        return bundle;
    }

    private (byte[] Onnx, string Sha256, string? Origin) Read()
    {
        if (!File.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = System.IO.File.ReadAllBytes(File);
            return (bytes, ContentHash.OfBytes(bytes), null);
        }

        var model = TensorFlowJsModel.Read(File);
        return (model.ToOnnx(ImageSize), model.Sha256, model.GeneratedBy);
    }

    /// <summary>The output with the vector, and the side of the input.</summary>
    private (TensorSpec Output, int Side) Inspect(byte[] onnx)
    {
        using var session = OnnxSession.Load(onnx, new OnnxSessionOptions { Name = Path.GetFileName(File) });
        if (session.Inputs is not [{ Shape: [_, 3, var height, var width] } input] || (ImageSize is null && (height < 1 || height != width)))
        {
            throw new UsageException($"{File} is no network for a square image: needed is one input [1, 3, side, side], it has {string.Join("; ", session.Inputs)}.");
        }

        var vectors = session.Outputs.Where(output => output.Shape is [1 or < 0, > 0]).ToList();
        var chosen = Output is null ? vectors.MaxBy(output => output.Shape[1]) : vectors.Find(output => output.Name == Output);
        return chosen is null
            ? throw new UsageException($"{File} has no output with a vector{(Output is null ? "" : $" named '{Output}'")}; its outputs are {string.Join("; ", session.Outputs)}.")
            : (chosen, ImageSize ?? (int)input.Shape[2]);
    }

    /// <summary>A network that does not run, or gives values that are not numbers, is refused here and not at its first use.</summary>
    private static void RunOnce(ModelBundle bundle)
    {
        using var encoder = FaceEncoder.Open(bundle.Manifest.Encoders.Face!, bundle.FaceEncoderPath);
        using var image = RgbImage.Allocate(FaceAligner.Size, FaceAligner.Size);
        new Random(1).NextBytes(image.Pixels);
        encoder.Encode(image);
    }

    private string Card(ModelBundle bundle, string sourceSha256, string? origin)
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        var spec = bundle.Manifest.Encoders.Face!;
        text.AppendLine(culture, $"# {bundle.Manifest.Name}").AppendLine();
        text.AppendLine(culture, $"A face network of {spec.Dimension} values (`{spec.Output}`), imported from `{Path.GetFileName(File)}`, SHA-256 `{sourceSha256}`.");
        text.AppendLine(culture, $"Origin as the file states it: {origin ?? "not stated"}. Licence: {Licence ?? "not stated"}.");
        text.AppendLine();
        text.AppendLine(culture, $"Input: an aligned face, {spec.Preprocessing.ImageSize} x {spec.Preprocessing.ImageSize}, {spec.Preprocessing.ChannelOrder}, (byte - {Mean}) / {Scale}.");
        text.AppendLine("What it can tell was not measured here.");
        return text.ToString();
    }
}
