using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>Scored trials and the speakers on both sides.</summary>
internal sealed class TrialSet
{
    private readonly List<float> _scores = [];
    private readonly List<int> _first = [];
    private readonly List<int> _second = [];

    /// <summary>Gets the trials of one speaker.</summary>
    public int Targets { get; private set; }

    /// <summary>Gets the trials of two speakers.</summary>
    public int Others => _scores.Count - Targets;

    public void Add(double score, int first, int second)
    {
        _scores.Add((float)score);
        _first.Add(first);
        _second.Add(second);
        Targets += first == second ? 1 : 0;
    }

    public SpeakerFigures Measure(int replicates)
    {
        var intervals = new IdentityBootstrap(replicates).OfTrials(
            _scores.ToArray(),
            _first.ToArray(),
            _second.ToArray(),
            curve => EqualErrorRate.From(curve).Rate,
            curve => DetectionCost.From(curve).Normalised,
            curve => curve.AreaUnderCurve);
        return new(intervals[0], intervals[1], intervals[2]);
    }
}
