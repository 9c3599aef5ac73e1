using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Training.Export;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>The face network that heads learn on, as a user names it.</summary>
internal static class TrainingFaceNetwork
{
    private static readonly FaceEncoderSpec[] Packaged = [FaceModels.DescriptorSpec, FaceModels.EncoderSpec];

    public static string Help { get; } =
        $"The face network that the heads learn on: {string.Join(" or ", Packaged.Select(spec => spec.Name))} (what somebody looks like, who somebody is), "
        + "or a model folder with one, as 'facevoice models import --kind face' makes it. Default: that of --encoders.";

    public static bool IsPackaged(string? name) => Packaged.Any(spec => spec.Name == name);

    /// <summary>The network that is named, or, if none is, the one that the heads of a bundle take their vectors from.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static FaceNetwork Resolve(string? name, ModelBundle encoders)
    {
        if (name is null)
        {
            return FaceNetwork.OfHeads(encoders) ?? new FaceNetwork(FaceModels.EncoderSpec, null);
        }

        if (Packaged.FirstOrDefault(spec => spec.Name == name) is { } packaged)
        {
            return new FaceNetwork(packaged, null);
        }

        var bundle = ModelBundle.Open(ModelDirectory.Find(name) ?? throw new UsageException(
            $"--face-network {name}: neither {string.Join(" nor ", Packaged.Select(spec => spec.Name))}, nor a model folder."));
        return FaceNetwork.OfHeads(bundle) ?? throw new UsageException($"{bundle.Directory} has no face encoder.");
    }
}
