using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Metrics;

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
    /// Gets the area between couples of one gender and couples of two, whoever they are: how much of the score is gender. Null where
    /// genders are not known.
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

/// <summary>All figures under one protocol.</summary>
public sealed record ProtocolResult
{
    /// <summary>Gets the verification figures.</summary>
    public required VerificationResult Verification { get; init; }

    /// <summary>Gets the figures of faces looking for voices.</summary>
    public required DirectionResult FaceToVoice { get; init; }

    /// <summary>Gets the figures of voices looking for faces.</summary>
    public required DirectionResult VoiceToFace { get; init; }
}

/// <summary>Do this face and this voice belong to one person: figures over all trials of a protocol.</summary>
public sealed record VerificationResult
{
    /// <summary>Gets the area under the curve, 95 % over identities.</summary>
    public required BootstrapInterval Auc { get; init; }

    /// <summary>Gets the equal error rate, 95 % over identities.</summary>
    public required BootstrapInterval EqualErrorRate { get; init; }

    /// <summary>Gets the normalised minimum detection cost at a prior of 0.01.</summary>
    public required double NormalisedDetectionCost { get; init; }

    /// <summary>Gets the matching trials.</summary>
    public required int Matches { get; init; }

    /// <summary>Gets the other trials.</summary>
    public required int Others { get; init; }

    /// <summary>Gets the curve, thinned to what a drawing needs: (false positive rate, true positive rate).</summary>
    public required IReadOnlyList<double[]> Curve { get; init; }

    /// <summary>Gets the best possible area on the same trials, by exact likelihood ratio; null for real data.</summary>
    public double? BestPossibleAuc { get; init; }

    /// <summary>
    /// Gets the area on the same trials of the exact likelihood ratio against anybody, which is what a model trained without regard to gender learns;
    /// below <see cref="BestPossibleAuc"/> where the trials hold one gender. Null for real data.
    /// </summary>
    public double? BestUncontrolledScoreAuc { get; init; }
}

/// <summary>Figures of one direction: a face looks for its voice, or a voice for its face.</summary>
public sealed record DirectionResult
{
    /// <summary>Gets 1:2 and 1:10 matching; a size for which there are too few people is left out.</summary>
    public required IReadOnlyList<MatchingResult> Matching { get; init; }

    /// <summary>Gets the search among all.</summary>
    public required RetrievalResult Retrieval { get; init; }
}

/// <summary>Who, among all: figures of one direction.</summary>
public sealed record RetrievalResult
{
    /// <summary>Gets the mean average precision, 95 % over identities.</summary>
    public required BootstrapInterval MeanAveragePrecision { get; init; }

    /// <summary>Gets the share of queries with a match in first place, 95 % over identities.</summary>
    public required BootstrapInterval RecallAt1 { get; init; }

    /// <summary>Gets the share with a match among the first five.</summary>
    public required double RecallAt5 { get; init; }

    /// <summary>Gets the share with a match among the first ten.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Gets what guessing gives in first place.</summary>
    public required double ChanceRecallAt1 { get; init; }

    /// <summary>Gets the queries.</summary>
    public required int Queries { get; init; }

    /// <summary>Gets the entries searched.</summary>
    public required int Gallery { get; init; }
}

/// <summary>Which of N: accuracy of picking the one candidate that belongs to the probe.</summary>
/// <param name="Candidates">N.</param>
/// <param name="Accuracy">Share of right picks, ties one half, 95 % over identities.</param>
/// <param name="Chance">1/N.</param>
public sealed record MatchingResult(int Candidates, BootstrapInterval Accuracy, double Chance);

/// <summary>A point of the k x m curve: several faces against several clips, by the mean of their embeddings.</summary>
/// <param name="Faces">k.</param>
/// <param name="Voices">m.</param>
/// <param name="Auc">Area under the curve.</param>
/// <param name="People">People with as many faces and clips.</param>
public sealed record CurvePoint(int Faces, int Voices, double Auc, int People);

/// <summary>How scores are spread.</summary>
/// <param name="Matches">Share of the matching trials in each bin.</param>
/// <param name="Others">Share of the other trials in each bin.</param>
/// <param name="BinWidth">Width of a bin; the first begins at -1.</param>
public sealed record ScoreDistribution(IReadOnlyList<double> Matches, IReadOnlyList<double> Others, double BinWidth);

/// <summary>Scores turned into probabilities: fitted and chosen on the validation people, judged on the test people.</summary>
/// <remarks>All log-losses are means in nats with matches and others weighing the same; ln 2 = 0.693 is knowing nothing.</remarks>
public sealed record CalibrationResult
{
    /// <summary>
    /// Gets the fit with the lowest log-loss in two-fold cross-validation over the validation people, as it goes into a model bundle.
    /// </summary>
    public required ScoreCalibration Chosen { get; init; }

    /// <summary>Gets which one that is: <c>platt</c>, <c>platt with a ceiling</c> or <c>isotonic</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Gets all that were tried, the simplest first.</summary>
    public required IReadOnlyList<CalibrationFit> Fits { get; init; }

    /// <summary>
    /// Gets how far probabilities are from the shares of matches among validation people, 0 to 1: the mean over bins of a tenth, by weight,
    /// of the chosen fit, made on one half of the people and judged on the other; null where they are too few.
    /// </summary>
    public required double? ValidationGap { get; init; }

    /// <summary>Gets the log-loss of the chosen fit on the test people.</summary>
    public double ChosenLogLoss => Fits.First(fit => fit.Method == Method).LogLoss;

    /// <summary>Gets the reliability curve of the chosen probabilities on the test people: (mean probability, share of matches, weight).</summary>
    public required IReadOnlyList<double[]> Reliability { get; init; }
}

/// <summary>One way of turning scores into probabilities.</summary>
public sealed record CalibrationFit
{
    /// <summary>Gets its name.</summary>
    public required string Method { get; init; }

    /// <summary>Gets what was fitted on the validation people.</summary>
    public required ScoreCalibration Calibration { get; init; }

    /// <summary>Gets the log-loss in cross-validation over the validation people; infinite where they are too few.</summary>
    public required double ValidationLogLoss { get; init; }

    /// <summary>Gets the log-loss on the test people.</summary>
    public required double LogLoss { get; init; }
}
