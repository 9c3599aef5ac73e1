using System.Globalization;
using FaceVoice.Training.TensorBoard;

namespace FaceVoice.Training.Runs;

/// <summary>
/// What every training run does, whatever is trained: steps to the end, to where it makes no sense to go on, or to the step in which it was asked to
/// stop. Steps whose numbers are not finite are counted, and too many in a row end the run; a state that is not finite is never saved. What a step, a
/// validation and a checkpoint are, the trainer says. One thread.
/// </summary>
/// <typeparam name="TProgress">What an observer is told of a step.</typeparam>
/// <typeparam name="TValidation">What an observer is told of a validation.</typeparam>
public abstract class TrainingLoop<TProgress, TValidation> : IDisposable
{
    private readonly string _tensorBoard;
    private RunLog? _log;
    private EventWriter? _events;

    private protected TrainingLoop(
        RunFolder run, ITrainingObserver<TProgress, TValidation>? observer, string? tensorBoardFolder = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        (Folder, Observer, Time) = (run, observer, time ?? TimeProvider.System);
        _tensorBoard = tensorBoardFolder ?? run.TensorBoard;
    }

    private protected RunFolder Folder { get; }

    private protected ITrainingObserver<TProgress, TValidation>? Observer { get; }

    private protected TimeProvider Time { get; }

    /// <summary>Opened when first written to: a run that cannot start leaves no log behind.</summary>
    private protected RunLog Log => _log ??= new(Folder.LogFile, Time);

    private protected EventWriter Events => _events ??= new(_tensorBoard, Time);

    private protected abstract RunState State { get; }

    /// <summary>Whether all steps are done.</summary>
    private protected abstract bool IsDone { get; }

    /// <summary>How many steps in a row may be left out before the run ends.</summary>
    private protected abstract int NonFinitePatience { get; }

    /// <summary>How the user goes on with the run, in a sentence.</summary>
    private protected abstract string ResumeHint { get; }

    /// <summary>Closes log and event file and frees the tensors.</summary>
    public void Dispose()
    {
        Free();
        _events?.Dispose();
        _log?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Trains on one batch; where its numbers were not finite, what they were of, and nothing has changed.</summary>
    private protected abstract string? Step();

    /// <summary>Counts the step, and validates and saves where it is time to; not null where the run ends with it.</summary>
    private protected abstract (TrainingOutcome, string)? AfterStep();

    /// <summary>Names the first weight that is not finite; null where all are.</summary>
    private protected abstract string? FindNonFinite();

    /// <summary>Writes all that a resumed run needs.</summary>
    private protected abstract void WriteCheckpoint();

    private protected abstract void Free();

    /// <summary>Runs the steps that are left; why it ended, and a sentence that says so.</summary>
    private protected (TrainingOutcome Outcome, string Message) RunSteps(CancellationToken cancellationToken)
    {
        while (!IsDone)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return (TrainingOutcome.Cancelled, Interrupt());
            }

            if (Step() is not { } place)
            {
                State.StepPassed();
            }
            else if (State.StepSkipped(place, NonFinitePatience) is { } message)
            {
                return (TrainingOutcome.NonFinite, message);
            }

            if (AfterStep() is { } ended)
            {
                return ended;
            }
        }

        return (TrainingOutcome.Completed, "All steps are done.");
    }

    /// <summary>Saves the state where it is finite.</summary>
    private protected bool TrySave()
    {
        if (FindNonFinite() is { } broken)
        {
            Observer?.OnNotice(
                $"The state of step {State.Step} was not saved, as {broken} is not finite; the last checkpoint is the one from before.");
            return false;
        }

        WriteCheckpoint();
        return true;
    }

    private protected void WriteScalars(string prefix, params IEnumerable<(string Name, double Value)> scalars)
    {
        foreach (var (name, value) in scalars)
        {
            Events.AddScalar(prefix + name, value, State.Step);
        }
    }

    private string Interrupt()
    {
        if (!TrySave())
        {
            return "Cancelled; its state is not finite and was not saved.";
        }

        Log.Write("checkpoint", ("step", State.Step), ("kind", "interrupted"));
        return $"Cancelled and saved at step {State.Step}. {ResumeHint}";
    }
}

/// <summary>Hears how a run goes, on the training thread.</summary>
/// <typeparam name="TProgress">What it is told of a step.</typeparam>
/// <typeparam name="TValidation">What it is told of a validation.</typeparam>
public interface ITrainingObserver<in TProgress, in TValidation>
{
    /// <summary>A step is done that the log shows.</summary>
    /// <param name="progress">Where the run is.</param>
    void OnProgress(TProgress progress);

    /// <summary>An epoch is done, or people kept apart were tried.</summary>
    /// <param name="validation">Its figures.</param>
    void OnValidation(TValidation validation);

    /// <summary>Something is worth a line.</summary>
    /// <param name="line">The line.</param>
    void OnNotice(string line);
}

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All steps were done.</summary>
    Completed,

    /// <summary>The people kept apart had not improved for long enough.</summary>
    EarlyStopped,

    /// <summary>It learnt nothing and was stopped.</summary>
    StuckAtChance,

    /// <summary>Too many steps in a row met numbers that are not finite.</summary>
    NonFinite,

    /// <summary>It was asked to stop, has saved its state and can be resumed.</summary>
    Cancelled,
}

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
                $"Stopped after {SkippedInARow} steps in a row that were not finite. "
                + $"It began at step {FirstSkippedStep} in the {FirstSkippedPlace}. The checkpoints from before are kept.");
    }
}
