namespace FaceVoice.Training.Metrics;

/// <summary>Trials sorted once by falling score, so that many weightings of them (bootstrap) cost one pass each.</summary>
internal sealed class RankedTrials
{
    private readonly double[] _scores;
    private readonly bool[] _isMatch;

    public RankedTrials(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isMatch)
    {
        if (scores.Length != isMatch.Length)
        {
            throw new ArgumentException($"{scores.Length} scores, but {isMatch.Length} labels.", nameof(isMatch));
        }

        var keys = new float[scores.Length];
        Order = new int[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i]))
            {
                throw new ArgumentException($"The score of trial {i} is {scores[i]}; scores must be finite.", nameof(scores));
            }

            keys[i] = -scores[i];
            Order[i] = i;
        }

        Array.Sort(keys, Order);
        _scores = new double[scores.Length];
        _isMatch = new bool[scores.Length];
        for (var i = 0; i < Order.Length; i++)
        {
            _scores[i] = scores[Order[i]];
            _isMatch[i] = isMatch[Order[i]];
        }
    }

    /// <summary>The original index of the trial at each rank.</summary>
    public int[] Order { get; }

    public RocCurve Curve() => RocCurve.FromRanked(_scores, _isMatch, [], new RocPoint[_scores.Length + 1]);

    /// <param name="weights">One weight a trial, in rank order.</param>
    /// <param name="points">Where the curve's points go, one more than there are trials.</param>
    public RocCurve Curve(ReadOnlySpan<double> weights, RocPoint[] points) => RocCurve.FromRanked(_scores, _isMatch, weights, points);
}
