using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Training.Data;

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

    /// <summary>The report as one JSON object.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FeatureJson.Options)!.AsObject();
}
