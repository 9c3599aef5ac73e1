using FaceVoice.Models;

namespace FaceVoice.Training.Networks.Export;

/// <summary>Turns a foreign weight file (SpeechBrain's <c>embedding_model.ckpt</c>, or safetensors) into a speaker-only bundle; needs no LibTorch.</summary>
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
        var model = SpeakerExporter.Export(architecture, WeightsFile.Read(file));
        return SpeakerBundleWriter.Write(model, new SpeakerBundleRequest
        {
            Directory = directory,
            Name = name,
            Training = new TrainingSummary
            {
                Data = "not recorded: trained elsewhere",
                Notes = $"Imported from {Path.GetFileName(file)}, SHA-256 {ContentHash.OfFile(file)}. Thresholds were not measured: calibrate before deciding on scores.",
            },
            Licences = [new LicenceNotice { Subject = "speaker encoder weights", Licence = licence ?? "not stated; see where the weights come from" }],
        });
    }
}
