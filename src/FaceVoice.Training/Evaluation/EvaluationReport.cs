using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Evaluation;

/// <summary>What a model can do on people it has never met.</summary>
public sealed record EvaluationReport
{
    /// <summary>Gets the model's id.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets what it was evaluated on, in words.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the number of people.</summary>
    public required int Identities { get; init; }

    /// <summary>Gets the number of samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets what is to be kept in mind beside the figures; empty where nothing is.</summary>
    public required IReadOnlyList<string> Limits { get; init; }

    /// <summary>Gets how many of the people are in the model's training part; null where the division is not known.</summary>
    public int? PeopleOfTraining { get; init; }

    /// <summary>Gets how many of the people are those the model's best epoch was chosen on; null where the division is not known.</summary>
    public int? PeopleOfValidation { get; init; }

    /// <summary>Gets the figures against anybody.</summary>
    public required ProtocolResult Uncontrolled { get; init; }

    /// <summary>Gets the figures against people of the same gender; null where genders are not known.</summary>
    public ProtocolResult? GenderControlled { get; init; }

    /// <summary>
    /// Gets the area between couples of one gender and couples of two, whoever they are: how much of the score is gender. Null where genders are not known.
    /// </summary>
    public Metrics.BootstrapInterval? GenderAssociation { get; init; }

    /// <summary>Gets the area on dealt-out pairs: 0.5 to within chance, or something is wrong with the evaluation.</summary>
    public required double ShuffledAuc { get; init; }

    /// <summary>Gets the area over k faces and m clips.</summary>
    public required IReadOnlyList<CurvePoint> FacesByVoices { get; init; }

    /// <summary>Gets the calibration; null where there were no validation people.</summary>
    public CalibrationResult? Calibration { get; init; }

    /// <summary>Gets the scores for histograms: bins of width 0.05 from -1 to 1, matches and others.</summary>
    public required ScoreDistribution Scores { get; init; }

    /// <summary>Gets the map of embeddings: x, y, gender number, 0 for a face and 1 for a voice.</summary>
    public required IReadOnlyList<double[]> Map { get; init; }

    /// <summary>The report with a warning where the model has met some of the people before, or where nobody can tell.</summary>
    /// <param name="test">The samples that it is about.</param>
    /// <param name="division">The division that the model was trained with; null where it is not known.</param>
    public EvaluationReport WithAcquaintances(FeatureSet test, IdentitySplit? division)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (division is null)
        {
            return this with { Limits = ["not known whom the model was trained on (no split.json): figures of people from its training are far too good", .. Limits] };
        }

        var people = test.Samples.ToArray().Select(sample => sample.Identity).Distinct().Select(index => test.Identities[index].Name).ToList();
        var (training, validation) = (people.Count(name => division.PartOf(name) == SplitPart.Train), people.Count(name => division.PartOf(name) == SplitPart.Validation));
        List<string> warnings = [];
        if (training > 0)
        {
            warnings.Add(FormattableString.Invariant($"WARNING: {training} of {people.Count} people are in the model's training part: these figures say nothing about people it has not met"));
        }

        if (validation > 0)
        {
            warnings.Add(FormattableString.Invariant($"{validation} of {people.Count} people are those the model's best epoch was chosen on: these figures are somewhat too good"));
        }

        return this with { PeopleOfTraining = training, PeopleOfValidation = validation, Limits = [.. warnings, .. Limits] };
    }

    /// <summary>The report as one JSON object.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FeatureJson.Options)!.AsObject();
}
