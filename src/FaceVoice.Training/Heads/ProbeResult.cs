using System.Text.Json.Serialization;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Heads;

/// <summary>How well a fixed group of people is matched at one moment of a run.</summary>
/// <param name="Auc">Area under the curve over all pairs.</param>
/// <param name="GenderControlledAuc">The same against negatives of the same gender; NaN where genders are not known.</param>
/// <param name="ShuffledAuc">The same with the voices dealt out anew among the people: the control, at 0.5 whatever the model.</param>
/// <param name="RecallAt1">How often the best of all voices is a right one.</param>
/// <param name="ChanceRecallAt1">What guessing would give.</param>
/// <param name="People">The number of people: figures of so many are independent of one another, whatever counts as belonging together.</param>
/// <param name="Health">Health figures of the embeddings.</param>
public sealed record ProbeResult(
    double Auc, double GenderControlledAuc, double ShuffledAuc, double RecallAt1, double ChanceRecallAt1, int People, BatchHealth Health)
{
    /// <summary>Gets how many standard errors of pure chance the area lies above 0.5.</summary>
    [JsonIgnore]
    public double StandardErrorsAboveChance => (Auc - 0.5) * Math.Sqrt(12.0 * People);
}
