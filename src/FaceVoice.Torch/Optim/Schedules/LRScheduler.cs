namespace FaceVoice.Torch.Optim.Schedules;

/// <summary>Sets the learning rates of an optimiser's groups. Call its step after the optimiser's.</summary>
public abstract class LRScheduler
{
    private const string StepKey = "last_step";

    private protected LRScheduler(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Optimizer = optimizer;
    }

    /// <summary>Gets the number of steps taken.</summary>
    public long LastStep { get; private protected set; }

    private protected Optimizer Optimizer { get; }

    /// <summary>Gets the rates in use, one for each group.</summary>
    public IReadOnlyList<double> get_last_lr() => [.. Optimizer.ParamGroups.Select(group => group.LearningRate)];

    /// <summary>Gets what a resumed run needs; the rates themselves are in the optimiser's state.</summary>
    public virtual Dictionary<string, double> state_dict() => new() { [StepKey] = LastStep };

    /// <summary>Takes over what <see cref="state_dict"/> gave. Load the optimiser's state too, in either order.</summary>
    /// <param name="state">Numbers by name.</param>
    /// <exception cref="TorchException">A number is missing.</exception>
    public virtual void load_state_dict(IReadOnlyDictionary<string, double> state) => LastStep = (long)Number(state, StepKey);

    private protected static double Number(IReadOnlyDictionary<string, double> state, string name)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.TryGetValue(name, out double number)
            ? number
            : throw new TorchException("scheduler.load_state_dict", $"'{name}' is missing");
    }
}
