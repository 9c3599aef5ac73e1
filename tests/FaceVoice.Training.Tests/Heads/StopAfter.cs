using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>Asks a run to stop once it has done a number of steps.</summary>
internal sealed class StopAfter(CancellationTokenSource source, int step) : ITrainingObserver
{
    public void OnStep(StepProgress progress)
    {
        if ((progress.Epoch * progress.Batches) + progress.Batch >= step)
        {
            source.Cancel();
        }
    }

    public void OnEpoch(EpochSummary summary)
    {
    }

    public void OnNotice(string line)
    {
    }
}
