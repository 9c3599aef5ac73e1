using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Models;

/// <summary><c>facevoice models import</c>: a network from elsewhere to a bundle that runs here.</summary>
internal static class ModelsImportCommand
{
    private const string Description = """
        Turns a face network from elsewhere into a model folder.

        FILE is a graph model of TensorFlow.js (a .json with its weight files beside it), which is converted to ONNX, or an ONNX file. It must take one
        image, [1, 3, side, side] in ONNX, and give a vector. Operations that cannot be converted are refused with their name and that of the node.

        Examples:
          facevoice models import faceres.json --kind face --out models/faceres --licence MIT
          facevoice embed face photo.jpg --space face --model models/faceres
          facevoice train --data DIR --save-dir RUN --face-network models/faceres
        """;

    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The network: .json of TensorFlow.js, or .onnx." };
        var kind = new Option<string>("--kind") { Description = "What the network is for.", Required = true };
        kind.AcceptOnlyFromAmong("face");
        var output = new Option<DirectoryInfo>("--out") { Description = "The model folder to make; it must not exist, or be empty.", Required = true };
        var name = new Option<string?>("--name") { Description = "The model's name; the folder's where it is left out." };
        var licence = new Option<string?>("--licence") { Description = "The licence of the weights, as an SPDX identifier, for the manifest and the model card." };
        var vector = new Option<string?>("--output-name") { Description = "The output that holds the vector. Default: the one with the most values." };
        var side = new Option<int?>("--image-size") { Description = "Width and height of the input, in pixels. Default: what the network declares." };
        var order = new Option<string>("--channel-order") { Description = "Which colour comes first.", DefaultValueFactory = _ => "rgb" };
        order.AcceptOnlyFromAmong("rgb", "bgr");
        var mean = new Option<float>("--mean") { Description = "What is subtracted from the bytes 0 to 255.", DefaultValueFactory = _ => 0 };
        var scale = new Option<float>("--scale") { Description = "What the difference is divided by.", DefaultValueFactory = _ => 1 };
        var command = new Command("import", Description) { file, kind, output, name, licence, vector, side, order, mean, scale };
        return command.Runs((parsed, _) =>
        {
            var bundle = new FaceNetworkImport
            {
                File = parsed.GetRequiredValue(file).FullName,
                Folder = parsed.GetRequiredValue(output).FullName,
                Name = parsed.GetValue(name),
                Licence = parsed.GetValue(licence),
                Output = parsed.GetValue(vector),
                ImageSize = parsed.GetValue(side),
                ChannelOrder = parsed.GetRequiredValue(order),
                Mean = parsed.GetValue(mean),
                Scale = parsed.GetValue(scale),
            }.Run();
            Console.WriteLine($"model {bundle.ModelId[..16]} in {bundle.Directory}: a face network of {bundle.Manifest.Dimensions.Face} values");
            return Task.FromResult(ExitCode.Done);
        });
    }
}
