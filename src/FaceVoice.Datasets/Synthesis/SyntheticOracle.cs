using FaceVoice.Datasets.Features;

namespace FaceVoice.Datasets.Synthesis;

/// <summary>
/// The best possible score of every face and voice of a synthetic set, from the hidden coordinates kept beside the features.
/// </summary>
/// <param name="options">The population.</param>
/// <param name="faces">[rows, shared + 1] hidden coordinates, row-major.</param>
/// <param name="voices">[rows, shared + 1] hidden coordinates, row-major.</param>
public sealed class SyntheticOracle(SyntheticFeatureOptions options, float[] faces, float[] voices) : ScoreOracle
{
    private readonly int _width = options.SharedDimensions + 1;
    private readonly Lazy<SyntheticOptimum> _optimum = new(() => new(options));

    /// <summary>Gets the population.</summary>
    public SyntheticFeatureOptions Options => options;

    /// <inheritdoc/>
    public override double UncontrolledAuc => _optimum.Value.UncontrolledAuc;

    /// <inheritdoc/>
    public override double GenderControlledAuc => _optimum.Value.GenderControlledAuc;

    /// <inheritdoc/>
    public override double GenderControlledAucOfUncontrolledScore => _optimum.Value.GenderControlledAucOfUncontrolledScore;

    internal float[] FaceCoordinates => faces;

    internal float[] VoiceCoordinates => voices;

    /// <inheritdoc/>
    public override double LogLikelihoodRatio(int faceRow, int voiceRow, bool genderKnownEqual) =>
        _optimum.Value.LogLikelihoodRatio(
            faces.AsSpan(faceRow * _width, _width), voices.AsSpan(voiceRow * _width, _width), genderKnownEqual);
}
