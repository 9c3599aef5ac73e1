namespace FaceVoice.Datasets.Features;

/// <summary>
/// Everything a dual encoder trains on or is evaluated on: samples with identities and the features of the frozen encoders.
/// Immutable, so thread-safe.
/// </summary>
public sealed class FeatureSet
{
    private readonly FeatureSample[] _samples;

    /// <summary>Puts a set together.</summary>
    /// <param name="identities">The people; names are unique.</param>
    /// <param name="samples">What was seen and heard of them.</param>
    /// <param name="faces">Face features; the samples point into them.</param>
    /// <param name="voices">Voice features; the samples point into them.</param>
    /// <param name="oracle">What the best possible score is; null for real data.</param>
    /// <exception cref="ArgumentException">A sample points outside the features or at no identity.</exception>
    public FeatureSet(
        IReadOnlyList<IdentityRecord> identities,
        ReadOnlySpan<FeatureSample> samples,
        FeatureMatrix faces,
        FeatureMatrix voices,
        ScoreOracle? oracle = null)
    {
        ArgumentNullException.ThrowIfNull(identities);
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentNullException.ThrowIfNull(voices);
        foreach (var sample in samples)
        {
            if (sample.Identity < 0 || sample.Identity >= identities.Count
                || sample.FaceCount < 1 || sample.FaceStart < 0 || sample.FaceStart + sample.FaceCount > faces.Rows
                || sample.VoiceCount < 1 || sample.VoiceStart < 0 || sample.VoiceStart + sample.VoiceCount > voices.Rows)
            {
                throw new ArgumentException($"Sample {sample.Id} points outside the data: {sample}.", nameof(samples));
            }
        }

        (Identities, Faces, Voices, Oracle) = (identities, faces, voices, oracle);
        _samples = samples.ToArray();
    }

    /// <summary>Gets the people.</summary>
    public IReadOnlyList<IdentityRecord> Identities { get; }

    /// <summary>Gets the samples.</summary>
    public ReadOnlySpan<FeatureSample> Samples => _samples;

    /// <summary>Gets the face features.</summary>
    public FeatureMatrix Faces { get; }

    /// <summary>Gets the voice features.</summary>
    public FeatureMatrix Voices { get; }

    /// <summary>Gets the best possible score of synthetic data; null for real data.</summary>
    public ScoreOracle? Oracle { get; }

    /// <summary>The same features with other samples, for example those of one part of a split.</summary>
    /// <param name="keep">Which samples stay, by index.</param>
    public FeatureSet Select(ReadOnlySpan<int> keep)
    {
        var chosen = new FeatureSample[keep.Length];
        for (var i = 0; i < keep.Length; i++)
        {
            chosen[i] = _samples[keep[i]];
        }

        return new(Identities, chosen, Faces, Voices, Oracle);
    }

    /// <summary>The same samples with other features, row for row (scaled, or projected).</summary>
    /// <param name="faces">As many rows as <see cref="Faces"/>.</param>
    /// <param name="voices">As many rows as <see cref="Voices"/>.</param>
    public FeatureSet WithFeatures(FeatureMatrix faces, FeatureMatrix voices) => new(Identities, _samples, faces, voices, Oracle);

    /// <summary>The number of identities that have at least one sample.</summary>
    public int CountIdentities()
    {
        var seen = new HashSet<int>();
        foreach (var sample in _samples)
        {
            seen.Add(sample.Identity);
        }

        return seen.Count;
    }
}

/// <summary>One occasion on which a person was seen and heard: rows of face features and rows of voice features.</summary>
/// <param name="Id">Unique name of the sample; it is what logs and reports show.</param>
/// <param name="Identity">Index into <see cref="FeatureSet.Identities"/>.</param>
/// <param name="FaceStart">First row of its face features; several rows are several crops or frames.</param>
/// <param name="FaceCount">Number of face rows, at least 1.</param>
/// <param name="VoiceStart">First row of its voice features; several rows are several windows.</param>
/// <param name="VoiceCount">Number of voice rows, at least 1.</param>
public readonly record struct FeatureSample(string Id, int Identity, int FaceStart, int FaceCount, int VoiceStart, int VoiceCount);

/// <summary>A person of a data set.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Gender">Gender as the data set states it; null where it does not.</param>
/// <param name="Split">The part that the data set itself puts the person in; null leaves it to the split's hash.</param>
/// <param name="AgeBand">A group of ages as the data set names it, such as <c>child</c>; null where it does not.</param>
public sealed record IdentityRecord(string Name, string? Gender = null, SplitPart? Split = null, string? AgeBand = null);
