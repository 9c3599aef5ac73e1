using FaceVoice.Training.Networks.Joint;

namespace FaceVoice.Training.Heads;

/// <summary>What a loss is while nothing has been learnt.</summary>
internal static class ChanceLine
{
    /// <summary>The loss of a model that gives every candidate the same score; to be asked before the batch goes into the queue.</summary>
    /// <param name="loss">The loss with its settings.</param>
    /// <param name="batch">Embeddings [batch, dimension]; their shape and device count alone.</param>
    /// <param name="groups">Int64 [batch]: who belongs together.</param>
    /// <param name="genders">Int64 [batch]; null where a negative of the same gender counts like any other.</param>
    /// <param name="queue">Earlier embeddings, which are candidates too; null for none.</param>
    public static double Of(ContrastiveLoss loss, Tensor batch, Tensor groups, Tensor? genders, EmbeddingQueue? queue)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        if (loss is InfoNceLoss)
        {
            // Embeddings of zeros have a cosine of 0 with everything, which is the same score for every candidate, whatever each one counts.
            return genders is null
                ? Math.Log(batch.size(0) + (queue?.Count ?? 0))
                : loss.Compute(zeros_like(batch), zeros_like(batch), groups, genders, queue).Loss.ToDouble();
        }

        // The best constant answer says "yes" with the positives' share of what all of a row's columns count; a queue is taken to be made up like the batch.
        var positive = groups.unsqueeze(1).eq(groups.unsqueeze(0));
        var positives = positive.to(ScalarType.Float32).sum().ToDouble();
        var heavier = genders is null ? 0 : genders.unsqueeze(1).eq(genders.unsqueeze(0)).logical_and(positive.logical_not()).to(ScalarType.Float32).sum().ToDouble();
        var rows = (double)batch.size(0);
        var negatives = (rows * rows) - positives + (heavier * (loss.Options.SameGroupWeight - 1));
        var share = Math.Clamp(positives / (positives + negatives), 1e-9, 1 - 1e-9);
        var columns = (positives + negatives) / rows * (1 + ((queue?.Count ?? 0) / rows));
        return -columns * ((share * Math.Log(share)) + ((1 - share) * Math.Log(1 - share)));
    }
}
