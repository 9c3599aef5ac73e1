using System.Numerics.Tensors;
using FaceVoice.Datasets.Features;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Scores a given list of trials.</summary>
public static class TrialScorer
{
    /// <summary>Cosine of each trial's face and voice, and the curve of all.</summary>
    /// <param name="joint">Samples with joint embeddings as features.</param>
    /// <param name="trials">The trials; names are sample ids.</param>
    /// <exception cref="InvalidDataException">A name is unknown, or one kind of trial is missing.</exception>
    public static (float[] Scores, RocCurve Curve) Score(FeatureSet joint, IReadOnlyList<Trial> trials)
    {
        ArgumentNullException.ThrowIfNull(joint);
        ArgumentNullException.ThrowIfNull(trials);
        var set = new JointSet(joint);
        var index = new Dictionary<string, int>();
        for (var i = 0; i < joint.Samples.Length; i++)
        {
            index[joint.Samples[i].Id] = i;
        }

        var (scores, labels) = (new float[trials.Count], new bool[trials.Count]);
        for (var t = 0; t < scores.Length; t++)
        {
            var (face, voice) = (Find(index, trials[t].Face), Find(index, trials[t].Voice));
            scores[t] = TensorPrimitives.Dot<float>(set.Faces.AsSpan(face * set.Dimension, set.Dimension), set.Voices.AsSpan(voice * set.Dimension, set.Dimension));
            labels[t] = trials[t].IsMatch;
        }

        try
        {
            return (scores, RocCurve.Compute(scores, labels));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The list of trials cannot be judged: {error.Message}", error);
        }
    }

    private static int Find(Dictionary<string, int> index, string name) =>
        index.TryGetValue(name, out var at) ? at : throw new InvalidDataException($"The list of trials names a sample that the data does not have: {name}");
}
