namespace FaceVoice.Models;

/// <summary>The licence of something that a bundle rests on.</summary>
public sealed record LicenceNotice
{
    /// <summary>What it is about: weights, a corpus, a package.</summary>
    public required string Subject { get; init; }

    /// <summary>The licence's SPDX identifier or name.</summary>
    public required string Licence { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }
}
