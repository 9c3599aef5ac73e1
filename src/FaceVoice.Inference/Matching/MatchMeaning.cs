using System.Globalization;
using FaceVoice.Models;

namespace FaceVoice.Inference.Matching;

/// <summary>What a match says, in one sentence that claims no more than the model can know.</summary>
public static class MatchMeaning
{
    /// <summary>Says it.</summary>
    /// <param name="probability">The calibrated probability of one person; null if the model is not calibrated.</param>
    /// <param name="prior">The share of couples of one person that the calibration assumed, 0 to 1.</param>
    /// <param name="isEvidenceSufficient">Whether the media are good enough for the score to be read.</param>
    /// <param name="capability">What the model can know; null if nobody said.</param>
    /// <returns>One sentence with a full stop.</returns>
    public static string Describe(double? probability, double prior, bool isEvidenceSufficient, ModelCapability? capability)
    {
        if (!isEvidenceSufficient)
        {
            return "The face or the voice is not good enough: nothing should be read from this score.";
        }

        if (probability is not { } value)
        {
            return "The model is not calibrated: this score can only be compared with other scores of the same model.";
        }

        var fits = value >= prior;
        return capability switch
        {
            null => $"{Comparison(fits)}; what that rests on was never stated for this model, and it proves nothing.",
            { Identity: true } => string.Create(
                CultureInfo.InvariantCulture,
                $"{Comparison(fits)}: statistical evidence for {(fits ? "one person" : "two people")} ({value:P0} for one), never proof."),
            { Associates.Count: > 0 } when fits =>
                $"Face and voice agree in {Attributes(capability, "and")}, as those of very many people do: whether they are of one person this model cannot know.",
            { Associates.Count: > 0 } => $"Face and voice seem to differ in {Attributes(capability, "or")}, so they are hardly of one person.",
            _ => "This model was not shown to know anything of faces and voices: nothing should be read from this score.",
        };
    }

    private static string Comparison(bool fits) => $"Face and voice go together {(fits ? "better" : "worse")} than most couples do";

    private static string Attributes(ModelCapability capability, string conjunction) => capability.Associates.Count == 1
        ? capability.Associates[0]
        : $"{string.Join(", ", capability.Associates.SkipLast(1))} {conjunction} {capability.Associates[^1]}";
}
