using System.Text.Json;
using FaceVoice.Models;

namespace FaceVoice.Training.Runs;

/// <summary>
/// Checkpoints of a run: safetensors files that are replaced as a whole, so that a killed process leaves the old one or the new one.
/// </summary>
internal static class RunCheckpoint
{
    /// <summary>Writes one.</summary>
    /// <param name="run">The run that it is of.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">Tensors and what else the run stands on.</param>
    /// <param name="resume">How the user goes on with the run.</param>
    /// <exception cref="IOException">It could not be written; the message says how to go on.</exception>
    public static void Save(RunFolder run, string path, SafeTensorsFile content, string resume)
    {
        try
        {
            content.Write(path);
        }
        catch (IOException error)
        {
            var next = File.Exists(run.LastCheckpoint)
                ? $"The last one from before is untouched. Make room. {resume}"
                : "There is none from before: make room, and start the run anew in another folder.";
            throw new IOException($"The checkpoint {path} could not be saved: {error.Message}. {next}", error);
        }
    }

    /// <summary>Takes a run's last checkpoint over.</summary>
    /// <exception cref="InvalidDataException">There is none yet.</exception>
    /// <exception cref="ModelFormatException">It is damaged, or of other settings than the run's.</exception>
    public static T Load<T>(RunFolder run, Func<SafeTensorsFile, T> take)
    {
        if (!File.Exists(run.LastCheckpoint))
        {
            throw new InvalidDataException($"{run.Root} has no checkpoint to go on from: it was stopped before the first one. Start it anew in another folder.");
        }

        try
        {
            return take(SafeTensorsFile.Read(run.LastCheckpoint));
        }
        catch (Exception error) when (error is ModelFormatException or KeyNotFoundException or JsonException)
        {
            throw new ModelFormatException(
                $"{run.LastCheckpoint} cannot be gone on with: {error.Message} Start anew in another folder, or go on with the version and the settings that the run was started with.", error);
        }
    }
}
