using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Datasets.Synthesis;

/// <summary>Describes a population whose faces and voices are related in a known way.</summary>
/// <remarks>
/// Every face and voice has <see cref="SharedDimensions"/> coordinates of unit variance. Coordinate d of a face is
/// <c>sqrt(r) z + sqrt(s (1 - r)) p + sqrt((1 - s)(1 - r)) n</c>: <c>z</c> belongs to the person and is shared with the voice,
/// <c>p</c> belongs to the person's face alone, <c>n</c> is new in every picture; r is <see cref="Correlation"/>, s is
/// <see cref="PersonShare"/>. One more coordinate is the gender, +1 or -1 with equal odds, plus noise of deviation
/// <see cref="GenderNoise"/>. Then come <see cref="PrivateDimensions"/> coordinates that say nothing about the other side.
/// An invertible map spreads all of them over the features, so that nothing is lost and the best score stays known.
/// </remarks>
public sealed record SyntheticFeatureOptions
{
    /// <summary>Gets the number of people.</summary>
    /// <value>The default is 20,000.</value>
    [Range(2, 10_000_000)]
    public int Identities { get; init; } = 20_000;

    /// <summary>Gets the samples (one face and one voice each) of every person.</summary>
    /// <value>The default is 4.</value>
    [Range(1, 1_000)]
    public int SamplesPerIdentity { get; init; } = 4;

    /// <summary>Gets the length of a face feature.</summary>
    /// <value>The default is 512, as face encoders give.</value>
    [Range(2, 8_192)]
    public int FaceDimension { get; init; } = 512;

    /// <summary>Gets the length of a voice feature.</summary>
    /// <value>The default is 256.</value>
    [Range(2, 8_192)]
    public int VoiceDimension { get; init; } = 256;

    /// <summary>Gets the number of coordinates that face and voice share.</summary>
    /// <value>The default is 4.</value>
    [Range(0, 1_024)]
    public int SharedDimensions { get; init; } = 4;

    /// <summary>Gets the number of coordinates on each side that say nothing about the other.</summary>
    /// <value>The default is 7.</value>
    [Range(0, 8_192)]
    public int PrivateDimensions { get; init; } = 7;

    /// <summary>Gets the correlation of a shared coordinate between one face and one voice of the same person.</summary>
    /// <value>The default is 0.5.</value>
    [Range(0.0, 0.999)]
    public double Correlation { get; init; } = 0.5;

    /// <summary>
    /// Gets the share of what is not shared that belongs to the person rather than to the picture or the clip; averaging cannot remove it.
    /// </summary>
    /// <value>The default is 0.2.</value>
    [Range(0.0, 1.0)]
    public double PersonShare { get; init; } = 0.2;

    /// <summary>Gets the standard deviation of the noise on the gender coordinate, whose values are +1 and -1.</summary>
    /// <value>The default is 0.35; at 100 the gender cannot be seen.</value>
    [Range(0.01, 1_000.0)]
    public double GenderNoise { get; init; } = 0.35;

    /// <summary>Gets how the coordinates are spread over the features.</summary>
    /// <value>The default is <see cref="FeatureMixing.Linear"/>.</value>
    public FeatureMixing Mixing { get; init; } = FeatureMixing.Linear;

    /// <summary>Gets the seed: the same options give the same numbers everywhere.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets the coordinates a side: shared, gender, private.</summary>
    internal int LatentDimensions => SharedDimensions + 1 + PrivateDimensions;

    /// <summary>Checks ranges and that the features have room for the coordinates.</summary>
    /// <exception cref="ValidationException">A setting is out of range; the message names it.</exception>
    public void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (LatentDimensions > Math.Min(FaceDimension, VoiceDimension))
        {
            throw new ValidationException(
                $"{LatentDimensions} coordinates (shared + gender + private) do not fit into features of {FaceDimension} and {VoiceDimension}.");
        }
    }
}

/// <summary>How hidden coordinates become features; both ways can be inverted, so neither loses information.</summary>
public enum FeatureMixing
{
    /// <summary>A random matrix with orthonormal columns.</summary>
    Linear,

    /// <summary>A random rotation, a bent but rising curve on every coordinate, then a random matrix with orthonormal columns.</summary>
    NonLinear,
}
