using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Heads;

/// <summary>Where a run stands, apart from its tensors: all that a resumed run needs to go on as if nothing had happened.</summary>
internal sealed record TrainerState : RunState
{
    public int Epoch { get; set; }

    /// <summary>The next batch of the epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Steps that the optimiser has made.</summary>
    public long Updates { get; set; }

    public double BestScore { get; set; } = double.NegativeInfinity;

    public int BestEpoch { get; set; } = -1;

    public int EpochsWithoutImprovement { get; set; }

    public int EpochsOnPlateau { get; set; }

    public int PlateauReductions { get; set; }

    public int EpochsAtChance { get; set; }

    public Dictionary<string, long> Skipped { get; init; } = [];

    /// <summary>Sums over the epoch so far.</summary>
    public double LossSum { get; set; }

    public double ChanceSum { get; set; }

    public double RecallSum { get; set; }

    public double ChanceRecallSum { get; set; }

    public int Measured { get; set; }

    public int LossCount { get; set; }

    public long StepsAtClamp { get; set; }

    public bool Finished { get; set; }

    /// <summary>The epochs that are done: warnings look back on them. Checkpoints of earlier versions have none.</summary>
    public List<EpochSummary> History { get; init; } = [];

    public void BeginEpoch()
    {
        (Batch, LossSum, ChanceSum, RecallSum, ChanceRecallSum, Measured, LossCount, StepsAtClamp) = (0, 0, 0, 0, 0, 0, 0, 0);
    }
}
