using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>Asks a run to stop once it has done a number of steps.</summary>
internal sealed class StopAfter(CancellationTokenSource source, int step) : ITrainingObserver<StepProgress, EpochSummary>
{
    public void OnProgress(StepProgress progress)
    {
        if ((progress.Epoch * progress.Batches) + progress.Batch >= step)
        {
            source.Cancel();
        }
    }

    public void OnValidation(EpochSummary validation)
    {
    }

    public void OnNotice(string line)
    {
    }
}
