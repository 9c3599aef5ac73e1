namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Raises a margin linearly from 0, so that training starts as an easy classification.</summary>
public sealed record MarginSchedule
{
    /// <summary>Gets the margin that is reached, in radians.</summary>
    /// <value>The default is 0.2.</value>
    public double Margin { get; init; } = 0.2;

    /// <summary>Gets the last step with margin 0.</summary>
    /// <value>The default is 0.</value>
    public long StartStep { get; init; }

    /// <summary>Gets the first step with the whole margin.</summary>
    /// <value>The default is 0: the whole margin from the beginning.</value>
    public long EndStep { get; init; }

    /// <summary>The margin at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public double At(long step) =>
        step >= EndStep ? Margin : Margin * Math.Clamp((double)(step - StartStep) / Math.Max(EndStep - StartStep, 1), 0, 1);
}
