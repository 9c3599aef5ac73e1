namespace FaceVoice.Training.Networks.Joint;

/// <summary>Settings of a <see cref="ContrastiveLoss"/>.</summary>
public sealed record ContrastiveLossOptions
{
    /// <summary>Gets the temperature to start from: cosines are divided by it.</summary>
    /// <value>The default is 0.1.</value>
    public double InitialTemperature { get; init; } = 0.1;

    /// <summary>Gets the lowest temperature.</summary>
    /// <value>The default is 0.05.</value>
    public double MinTemperature { get; init; } = 0.05;

    /// <summary>Gets the highest temperature.</summary>
    /// <value>The default is 2.</value>
    public double MaxTemperature { get; init; } = 2.0;

    /// <summary>Gets a value indicating whether the temperature is trained.</summary>
    /// <value>The default is true.</value>
    public bool LearnTemperature { get; init; } = true;

    /// <summary>Gets how much of each row's target is spread over all its columns (InfoNCE only).</summary>
    /// <value>The default is 0.</value>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Gets how many times a negative of the row's own group (its gender, say) counts; infinity leaves the other groups' negatives out.
    /// </summary>
    /// <value>The default is 1: groups make no difference.</value>
    public double SameGroupWeight { get; init; } = 1;

    /// <summary>Throws when a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Temperatures not 0 &lt; min &lt;= initial &lt;= max, smoothing not in [0, 1), weight below 0.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinTemperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTemperature, MinTemperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialTemperature, MinTemperature);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InitialTemperature, MaxTemperature);
        ArgumentOutOfRangeException.ThrowIfNegative(LabelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(LabelSmoothing, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SameGroupWeight);
    }
}
