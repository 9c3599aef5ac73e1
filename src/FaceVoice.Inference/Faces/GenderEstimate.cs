namespace FaceVoice.Inference.Faces;

/// <summary>How a face looks to the gender network: an appearance, not a fact about the person.</summary>
/// <param name="MaleScore">From 0 (female) to 1 (male); not a calibrated probability.</param>
public readonly record struct GenderEstimate(float MaleScore)
{
    /// <summary>Gets <c>m</c> from one half upwards, else <c>f</c>.</summary>
    public string Label => MaleScore >= 0.5f ? "m" : "f";
}
