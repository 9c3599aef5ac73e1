namespace FaceVoice.Inference.Faces;

/// <summary>How a face looks to the attribute network: an appearance, not a fact about the person.</summary>
/// <param name="MaleProbability">From 0 (female) to 1 (male), as the network was trained; not calibrated on data of this project.</param>
/// <param name="Age">The expected age, in years, 0 to 99; a few years off on adults, often far too high on children.</param>
public readonly record struct FaceAttributes(float MaleProbability, float Age)
{
    /// <summary>Gets <c>m</c> from one half upwards, else <c>f</c>.</summary>
    public string Gender => MaleProbability >= 0.5f ? "m" : "f";

    /// <summary>Gets the probability of <see cref="Gender"/>, 0.5 to 1.</summary>
    public float GenderProbability => Math.Max(MaleProbability, 1 - MaleProbability);
}

/// <summary>How one person looks over several pictures.</summary>
/// <param name="Mean">The means of the pictures' estimates.</param>
/// <param name="Agreement">The share of pictures whose own gender is that of the mean, 0 to 1.</param>
/// <param name="Pictures">How many pictures it is of.</param>
public sealed record PersonAttributes(FaceAttributes Mean, float Agreement, int Pictures)
{
    /// <summary>The share of agreeing pictures below which a gender is not to be relied on.</summary>
    public const float LeastAgreement = 0.8f;

    /// <summary>Gets whether the pictures contradict one another, so that the person should count as of unknown gender.</summary>
    public bool Disagrees => Agreement < LeastAgreement;

    /// <summary>Joins estimates of pictures of one person.</summary>
    /// <param name="pictures">One or more.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PersonAttributes Of(IReadOnlyCollection<FaceAttributes> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0)
        {
            throw new ArgumentException("A person's attributes need at least one picture.", nameof(pictures));
        }

        var mean = new FaceAttributes(pictures.Average(face => face.MaleProbability), pictures.Average(face => face.Age));
        return new PersonAttributes(mean, pictures.Count(face => face.Gender == mean.Gender) / (float)pictures.Count, pictures.Count);
    }
}
