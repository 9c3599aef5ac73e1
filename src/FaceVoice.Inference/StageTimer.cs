using FaceVoice.Inference.Metering;

namespace FaceVoice.Inference;

/// <summary>Collects the timings of one piece of work; each call ends the stage that ran since the call before. Not thread-safe.</summary>
internal sealed class StageTimer(TimeProvider time, PipelineMeter meter, string medium)
{
    private readonly List<StageTiming> _timings = [];
    private long _started = time.GetTimestamp();

    public IReadOnlyList<StageTiming> Timings => _timings;

    public void Ends(string stage)
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_started, now);
        _started = now;
        var same = _timings.FindIndex(timing => timing.Stage == stage);
        if (same >= 0)
        {
            _timings[same] = new StageTiming(stage, _timings[same].Elapsed + elapsed);
        }
        else
        {
            _timings.Add(new StageTiming(stage, elapsed));
        }

        meter.StageEnded(medium, stage, elapsed);
    }
}
