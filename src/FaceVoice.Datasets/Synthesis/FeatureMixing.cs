namespace FaceVoice.Datasets.Synthesis;

/// <summary>How hidden coordinates become features; both ways can be inverted, so neither loses information.</summary>
public enum FeatureMixing
{
    /// <summary>A random matrix with orthonormal columns.</summary>
    Linear,

    /// <summary>A random rotation, a bent but rising curve on every coordinate, then a random matrix with orthonormal columns.</summary>
    NonLinear,
}
