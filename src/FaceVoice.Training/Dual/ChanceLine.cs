namespace FaceVoice.Training.Dual;

/// <summary>What a loss is while nothing has been learnt.</summary>
internal static class ChanceLine
{
    /// <summary>The loss of a model that gives every candidate the same score.</summary>
    /// <param name="kind">The loss.</param>
    /// <param name="groups">The groups of the batch.</param>
    /// <param name="candidates">Columns a row: the batch and the queue.</param>
    public static double Of(ContrastiveLossKind kind, ReadOnlySpan<int> groups, int candidates)
    {
        if (kind == ContrastiveLossKind.InfoNce)
        {
            return Math.Log(candidates);
        }

        // The best constant answer says "yes" with the share of positives among a row's columns.
        var share = Math.Clamp(Statistics.EmbeddingStatistics.ChanceRecall(groups), 1e-9, 1 - 1e-9);
        return -candidates * ((share * Math.Log(share)) + ((1 - share) * Math.Log(1 - share)));
    }
}
