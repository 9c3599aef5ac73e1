namespace FaceVoice.Datasets.Features;

/// <summary>The best possible score of synthetic data, which no trainer can beat but by luck.</summary>
public abstract class ScoreOracle
{
    /// <summary>Gets the area under the curve of the best score over all people.</summary>
    public abstract double UncontrolledAuc { get; }

    /// <summary>Gets the area under the curve of the best score against negatives of the same gender.</summary>
    public abstract double GenderControlledAuc { get; }

    /// <summary>
    /// Gets the area against negatives of the same gender of the score that is best over all people. It lies below <see
    /// cref="GenderControlledAuc"/>: what a score says about gender is noise between people of one gender, so no one score can be best at
    /// both.
    /// </summary>
    public abstract double GenderControlledAucOfUncontrolledScore { get; }

    /// <summary>The exact log-likelihood ratio of "same person" against "two people" for one face and one voice, in nats.</summary>
    /// <param name="faceRow">Row of the face features.</param>
    /// <param name="voiceRow">Row of the voice features.</param>
    /// <param name="genderKnownEqual">Whether the alternative is two people of the same gender.</param>
    public abstract double LogLikelihoodRatio(int faceRow, int voiceRow, bool genderKnownEqual);
}
