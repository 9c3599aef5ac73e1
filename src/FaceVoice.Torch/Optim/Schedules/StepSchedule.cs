namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>A schedule whose rate depends on the number of steps alone, by a formula: nothing adds up, so resuming is exact.</summary>
public abstract class StepSchedule : LRScheduler
{
    private protected StepSchedule(Optimizer optimizer)
        : base(optimizer)
    {
    }

    /// <summary>Takes a step and sets the rates.</summary>
    public void step()
    {
        LastStep++;
        Apply();
    }

    /// <inheritdoc/>
    public override void load_state_dict(IReadOnlyDictionary<string, double> state)
    {
        base.load_state_dict(state);
        Apply();
    }

    /// <summary>The rate after a number of steps.</summary>
    /// <param name="initial">The group's initial rate.</param>
    /// <param name="step">The number of steps taken.</param>
    internal abstract double Rate(double initial, long step);

    /// <summary>Sets the rates for the number of steps taken; a schedule's constructor calls it last.</summary>
    private protected void Apply()
    {
        foreach (ParameterGroup group in Optimizer.ParamGroups)
        {
            group.LearningRate = Rate(group.InitialLearningRate, LastStep);
        }
    }
}
