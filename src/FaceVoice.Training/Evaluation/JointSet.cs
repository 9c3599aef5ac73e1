using System.Numerics.Tensors;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Evaluation;

/// <summary>Evaluation samples with one unit embedding a side: the mean over a sample's crops and windows, as a server would form it.</summary>
public sealed class JointSet
{
    /// <summary>Averages rows to samples.</summary>
    /// <param name="set">Samples whose features are joint embeddings.</param>
    /// <exception cref="InvalidDataException">An embedding is not finite, or the sides differ in length.</exception>
    public JointSet(FeatureSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (set.Faces.Dimension != set.Voices.Dimension)
        {
            throw new InvalidDataException($"Face and voice embeddings have {set.Faces.Dimension} and {set.Voices.Dimension} values: they are not of one space.");
        }

        (Features, Dimension) = (set, set.Faces.Dimension);
        (Faces, Voices) = (new float[set.Samples.Length * Dimension], new float[set.Samples.Length * Dimension]);
        (Identities, Genders) = (new int[set.Samples.Length], new int[set.Samples.Length]);
        var names = new List<string>();
        for (var i = 0; i < set.Samples.Length; i++)
        {
            var sample = set.Samples[i];
            Average(set.Faces, sample.FaceStart, sample.FaceCount, Faces.AsSpan(i * Dimension, Dimension), sample.Id);
            Average(set.Voices, sample.VoiceStart, sample.VoiceCount, Voices.AsSpan(i * Dimension, Dimension), sample.Id);
            Identities[i] = sample.Identity;
            Genders[i] = Number(names, set.Identities[sample.Identity].Gender);
        }

        KnowsGenders = names.Count > 1 && Genders.All(gender => gender >= 0);
    }

    /// <summary>Gets the samples.</summary>
    public FeatureSet Features { get; }

    /// <summary>Gets the values of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Gets a value indicating whether every person has a stated gender, and there are two at least.</summary>
    public bool KnowsGenders { get; }

    /// <summary>Gets the number of samples.</summary>
    public int Count => Identities.Length;

    internal float[] Faces { get; }

    internal float[] Voices { get; }

    internal int[] Identities { get; }

    internal int[] Genders { get; }

    /// <summary>Averages rows into a unit vector.</summary>
    internal static void Average(FeatureMatrix matrix, int start, int count, Span<float> target, string id)
    {
        target.Clear();
        for (var row = start; row < start + count; row++)
        {
            TensorPrimitives.Add(target, matrix.Row(row), target);
        }

        if (!FiniteValues.AreAll(target))
        {
            throw new InvalidDataException($"An embedding of sample {id} is not finite: its features are damaged, or the model is.");
        }

        TensorPrimitives.Divide(target, MathF.Max(TensorPrimitives.Norm<float>(target), 1e-12f), target);
    }

    private static int Number(List<string> names, string? gender)
    {
        if (gender is null)
        {
            return -1;
        }

        if (!names.Contains(gender))
        {
            names.Add(gender);
        }

        return names.IndexOf(gender);
    }
}
