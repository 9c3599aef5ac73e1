namespace FaceVoice.Training.Heads;

/// <summary>Where a run stands within an epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches in an epoch.</param>
/// <param name="Loss">The loss.</param>
/// <param name="ChanceLoss">What it is while nothing is learnt.</param>
/// <param name="RecallAt1">Batch recall@1.</param>
/// <param name="ChanceRecallAt1">What guessing gives.</param>
/// <param name="Skipped">Steps left out so far.</param>
public sealed record StepProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double ChanceLoss, double RecallAt1, double ChanceRecallAt1, long Skipped);
