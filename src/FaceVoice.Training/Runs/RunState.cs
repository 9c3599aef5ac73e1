using System.Globalization;

namespace FaceVoice.Training.Runs;

/// <summary>Where a run stands, apart from its tensors: what both trainers count, so that a resumed run stops where an unbroken one does.</summary>
internal abstract record RunState
{
    /// <summary>Gets or sets the steps done, skipped ones included.</summary>
    public long Step { get; set; }

    /// <summary>Gets or sets the steps in a row, up to the last, whose numbers were not finite.</summary>
    public int SkippedInARow { get; set; }

    public long FirstSkippedStep { get; set; }

    public string FirstSkippedPlace { get; set; } = "";

    public void StepPassed() => SkippedInARow = 0;

    /// <summary>Counts a step that was left out; what to stop with once there were too many in a row, else null.</summary>
    public string? StepSkipped(string place, int patience)
    {
        if (SkippedInARow++ == 0)
        {
            (FirstSkippedStep, FirstSkippedPlace) = (Step, place);
        }

        return SkippedInARow < patience
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"Stopped after {SkippedInARow} steps in a row that were not finite. It began at step {FirstSkippedStep} in the {FirstSkippedPlace}. The checkpoints from before are kept.");
    }
}
