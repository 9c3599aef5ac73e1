namespace FaceVoice.Models;

/// <summary>An operating point: pairs with at least this score are accepted.</summary>
public sealed record DecisionThreshold
{
    /// <summary>A name, such as <c>eer</c> or <c>far_1e-2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The lowest score that is accepted.</summary>
    public required double Score { get; init; }

    /// <summary>The share of wrong pairs accepted on the validation data, 0..1.</summary>
    public double? FalseAcceptRate { get; init; }

    /// <summary>The share of right pairs refused on the validation data, 0..1.</summary>
    public double? FalseRejectRate { get; init; }
}
