namespace FaceVoice.Training.Metrics;

/// <summary>The area under the curve of millions of cosines without sorting them: counts in bins of width 1/32768, ties one half.</summary>
internal sealed class ScoreHistogram
{
    private const int Bins = 65_536;
    private readonly int[] _matches = new int[Bins];
    private readonly int[] _others = new int[Bins];

    public void Add(float cosine, bool isMatch)
    {
        var bin = Math.Clamp((int)((cosine + 1) * (Bins / 2)), 0, Bins - 1);
        (isMatch ? _matches : _others)[bin]++;
    }

    /// <summary>Gets the area; NaN where one kind of pair is missing.</summary>
    public double AreaUnderCurve
    {
        get
        {
            double below = 0, area = 0, matches = 0;
            for (var bin = 0; bin < Bins; bin++)
            {
                area += _matches[bin] * (below + (_others[bin] / 2.0));
                below += _others[bin];
                matches += _matches[bin];
            }

            return area / (matches * below);
        }
    }
}
