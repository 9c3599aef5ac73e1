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
    /// <exception cref="InvalidDataException">A name is unknown, an embedding is not finite, or one kind of trial is missing.</exception>
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

        RequireKnown(trials, index);
        RequireBothKinds(trials);
        var (scores, labels) = (new float[trials.Count], new bool[trials.Count]);
        for (var t = 0; t < scores.Length; t++)
        {
            var (face, voice) = (index[trials[t].Face], index[trials[t].Voice]);
            scores[t] = TensorPrimitives.Dot<float>(set.Faces.AsSpan(face * set.Dimension, set.Dimension), set.Voices.AsSpan(voice * set.Dimension, set.Dimension));
            labels[t] = trials[t].IsMatch;
        }

        var broken = Array.FindIndex(scores, score => !float.IsFinite(score));
        return broken < 0
            ? (scores, RocCurve.Compute(scores, labels))
            : throw new InvalidDataException($"{Place(trials[broken])}: the embedding of {trials[broken].Face} or of {trials[broken].Voice} is not finite.");
    }

    private static void RequireKnown(IReadOnlyList<Trial> trials, Dictionary<string, int> index)
    {
        var unknown = trials.Where(trial => !index.ContainsKey(trial.Face) || !index.ContainsKey(trial.Voice)).ToList();
        if (unknown.Count > 0)
        {
            var first = unknown[0];
            throw new InvalidDataException(
                $"{Place(first)}: the data has no sample {(index.ContainsKey(first.Face) ? first.Voice : first.Face)}; {unknown.Count} of {trials.Count} trials name samples that it does not have.");
        }
    }

    private static void RequireBothKinds(IReadOnlyList<Trial> trials)
    {
        var matches = trials.Count(trial => trial.IsMatch);
        if (matches == 0 || matches == trials.Count)
        {
            throw new InvalidDataException(
                $"The list of trials has {matches} matches (label 1) and {trials.Count - matches} others (label 0): at least one of each is needed to tell how well they are told apart.");
        }
    }

    private static string Place(Trial trial) => trial.Line == 0 ? "List of trials" : $"List of trials, line {trial.Line}";
}
