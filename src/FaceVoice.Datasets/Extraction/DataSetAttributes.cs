namespace FaceVoice.Datasets.Extraction;

/// <summary>What a person looks like to the networks, over all frames of the source: an estimate, not a fact about the person.</summary>
/// <param name="Gender"><c>f</c> or <c>m</c>.</param>
/// <param name="MaleScore">The mean estimate, from 0 (female) to 1 (male).</param>
/// <param name="People">How many people were seen in the source; the sample shows the one who is seen most.</param>
public sealed record DataSetAttributes(string Gender, float MaleScore, int People);
