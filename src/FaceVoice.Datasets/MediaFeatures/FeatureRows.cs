using FaceVoice.Datasets.Features;
using FaceVoice.Models;

namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>The features of one file, as the cache keeps them: one array, the seconds of speech first.</summary>
/// <param name="Values">The rows, one after the other.</param>
/// <param name="Seconds">Seconds of speech; 0 for a picture.</param>
internal sealed record FeatureRows(float[] Values, double Seconds)
{
    /// <summary>Gets what is doubtful in the recording, a sentence each; beside the entry in a text file, if there is anything.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads an entry; null where there is none, or one that is damaged, of another width or not finite.</summary>
    public static FeatureRows? TryRead(string path, int width)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var tensor = NpyFile.Read(path);
            return tensor.ElementType == TensorElementType.Float32 && tensor.Count > 1 && (tensor.Count - 1) % width == 0
                && FiniteValues.AreAll(tensor.Floats.Span)
                ? new(tensor.Floats.Span[1..].ToArray(), tensor.Floats.Span[0])
                {
                    Warnings = File.Exists(Beside(path)) ? File.ReadAllLines(Beside(path)) : [],
                }
                : null;
        }
        catch (ModelFormatException)
        {
            return null; // computed again, and written over
        }
    }

    public void Write(string path)
    {
        if (Warnings.Count > 0)
        {
            File.WriteAllLines(Beside(path), Warnings.Select(warning => warning.ReplaceLineEndings(" ")));
        }

        NpyFile.Write(path, [Values.Length + 1], [(float)Seconds, .. Values]); // last: where it is, the warnings are
    }

    private static string Beside(string path) => Path.ChangeExtension(path, ".txt");
}
