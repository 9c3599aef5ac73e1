namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>One schedule after another, each counting from its own beginning: a warm-up, then a cosine. Step this one only.</summary>
public sealed class SequentialLR : StepSchedule
{
    private readonly IReadOnlyList<StepSchedule> _schedules;
    private readonly IReadOnlyList<long> _milestones;

    internal SequentialLR(Optimizer optimizer, IReadOnlyList<StepSchedule> schedules, IReadOnlyList<long> milestones)
        : base(optimizer)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        ArgumentNullException.ThrowIfNull(milestones);
        if (schedules.Count != milestones.Count + 1 || milestones.Zip(milestones.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException("There must be one rising milestone between each two schedules.", nameof(milestones));
        }

        (_schedules, _milestones) = (schedules, milestones);
        Apply();
    }

    internal override double Rate(double initial, long step)
    {
        int place = _milestones.Count(milestone => milestone <= step);
        return _schedules[place].Rate(initial, place == 0 ? step : step - _milestones[place - 1]);
    }
}
