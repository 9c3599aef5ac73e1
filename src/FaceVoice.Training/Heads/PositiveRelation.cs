namespace FaceVoice.Training.Heads;

/// <summary>Which samples count as belonging together.</summary>
public enum PositiveRelation
{
    /// <summary>Those of the same person.</summary>
    Identity,

    /// <summary>Those of people of the same gender: what can be learnt when no person is in both modalities.</summary>
    Gender,

    /// <summary>Those of people of the same gender and the same age band; people of a band without a stated gender belong together.</summary>
    GenderAndAge,
}
