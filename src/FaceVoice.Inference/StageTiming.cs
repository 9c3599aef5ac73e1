namespace FaceVoice.Inference;

/// <summary>How long one stage took.</summary>
/// <param name="Stage">Its name: <c>queue</c>, <c>decode</c>, <c>detect</c>, <c>activity</c>, <c>encode</c> or <c>project</c>.</param>
/// <param name="Elapsed">Wall-clock time.</param>
public readonly record struct StageTiming(string Stage, TimeSpan Elapsed);

/// <summary>Takes the times of one piece of work; each call ends the stage that ran since the call before. Not thread-safe.</summary>
internal sealed class StageTimer(TimeProvider time, EngineMetrics metrics, string medium)
{
    private readonly List<StageTiming> _timings = new(capacity: 5);
    private long _started = time.GetTimestamp();

    public IReadOnlyList<StageTiming> Timings => _timings;

    public void Ends(string stage)
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_started, now);
        _started = now;
        _timings.Add(new StageTiming(stage, elapsed));
        metrics.StageEnded(medium, stage, elapsed);
    }
}
