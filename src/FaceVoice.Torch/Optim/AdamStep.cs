namespace FaceVoice.Torch.Optim;

/// <summary>The numbers of one Adam step.</summary>
internal readonly record struct AdamStep
{
    public required float Beta1 { get; init; }

    public required float OneMinusBeta1 { get; init; }

    public required float Beta2 { get; init; }

    public required float OneMinusBeta2 { get; init; }

    /// <summary>Decay that is added to the gradient (Adam).</summary>
    public required float CoupledDecay { get; init; }

    /// <summary>What decay leaves of the parameter (AdamW).</summary>
    public required float Keep { get; init; }

    /// <summary>The learning rate over the first moment's bias correction.</summary>
    public required float Rate { get; init; }

    /// <summary>The root of the second moment's bias correction.</summary>
    public required float RootCorrection { get; init; }

    public required float Epsilon { get; init; }
}
