using FaceVoice.Models;
using FaceVoice.Models.SpeechBrain;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// Turns a foreign weight file (SpeechBrain's <c>embedding_model.ckpt</c>, or safetensors) into a speaker-only bundle; needs no LibTorch.
/// </summary>
public static class SpeakerImporter
{
    /// <summary>Reads the weights, writes the encoder as ONNX and makes a bundle.</summary>
    /// <param name="file">A PyTorch zip checkpoint or a safetensors file.</param>
    /// <param name="architecture">One of <see cref="SpeakerExporter.Architectures"/>.</param>
    /// <param name="directory">The folder to be made; it must not exist, or be empty.</param>
    /// <param name="name">The model's name; null for the folder's.</param>
    /// <param name="licence">The licence of the weights, where it is known.</param>
    /// <exception cref="StateDictMismatchException">The weights do not fit; the message names the tensors.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, hostile or of an unknown format.</exception>
    /// <exception cref="IOException">The file cannot be read, or the folder is not empty.</exception>
    public static ModelBundle Import(string file, string architecture, string directory, string? name = null, string? licence = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Write(SpeakerExporter.Export(architecture, WeightsFile.Read(file)), file, directory, name, licence, null);
    }

    /// <summary>Reads the weights of a SpeechBrain repository whose sizes its hyperparameters say, and makes a bundle.</summary>
    /// <param name="recipe">What <c>hyperparams.yaml</c> says.</param>
    /// <param name="file">The file with the weights.</param>
    /// <param name="directory">The folder to be made; it must not exist, or be empty.</param>
    /// <param name="name">The model's name; null for the folder's.</param>
    /// <param name="licence">The licence of the weights, where it is known.</param>
    /// <param name="source">Where the weights come from, for the manifest and the model card.</param>
    /// <exception cref="StateDictMismatchException">The weights are not of the sizes that the recipe says; the message names the tensors.</exception>
    /// <exception cref="ModelFormatException">The sizes make no network, or the file is damaged, hostile or of an unknown format.</exception>
    /// <exception cref="IOException">The file cannot be read, or the folder is not empty.</exception>
    public static ModelBundle Import(
        SpeechBrainRecipe recipe, string file, string directory, string? name = null, string? licence = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Write(Export(recipe, WeightsFile.Read(file)), file, directory, name, licence, source);
    }

    private static SpeakerModel Export(SpeechBrainRecipe recipe, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        try
        {
            return recipe.Architecture == SpeakerExporter.XVectorName
                ? SpeakerExporter.Export(
                    new XVectorOptions
                    {
                        MelBins = recipe.MelBins,
                        Channels = recipe.Channels,
                        KernelSizes = recipe.KernelSizes,
                        Dilations = recipe.Dilations,
                        EmbeddingDimension = recipe.EmbeddingDimension,
                    },
                    weights)
                : SpeakerExporter.Export(
                    new EcapaTdnnOptions
                    {
                        MelBins = recipe.MelBins,
                        Channels = recipe.Channels,
                        KernelSizes = recipe.KernelSizes,
                        Dilations = recipe.Dilations,
                        AttentionChannels = recipe.AttentionChannels,
                        SqueezeChannels = recipe.SqueezeChannels,
                        Res2NetScale = recipe.Res2NetScale,
                        EmbeddingDimension = recipe.EmbeddingDimension,
                    },
                    weights);
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"{SpeechBrainRecipe.FileName}: {error.Message}", error);
        }
    }

    private static ModelBundle Write(SpeakerModel model, string file, string directory, string? name, string? licence, string? source)
    {
        var origin = source is null ? Path.GetFileName(file) : $"{source}, {Path.GetFileName(file)}";
        return SpeakerBundleWriter.Write(model, new SpeakerBundleRequest
        {
            Directory = directory,
            Name = name,
            Training = new TrainingSummary
            {
                Data = "not recorded: trained elsewhere",
                Notes = $"Imported from {origin}, SHA-256 {ContentHash.OfFile(file)}. "
                    + "Thresholds were not measured: calibrate before deciding on scores.",
            },
            Licences =
            [
                new LicenceNotice
                {
                    Subject = "speaker encoder weights",
                    Licence = licence ?? "not stated; see where the weights come from",
                    Source = source,
                },
            ],
        });
    }
}
