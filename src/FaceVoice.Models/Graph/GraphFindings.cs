using System.Globalization;

namespace FaceVoice.Models.Graph;

/// <summary>What was found in a network when it was looked at or loaded. Counts are of the file; they say what cleaning does to it in memory.</summary>
public sealed record GraphFindings
{
    /// <summary>Gets the number of float32 constants.</summary>
    public required long Weights { get; init; }

    /// <summary>Gets how many of them are denormal: below 1.2e-38, and many times slower to calculate with on most processors.</summary>
    public required int Denormals { get; init; }

    /// <summary>Gets how many weights of linear layers are below 1e-12, denormals included: they cannot change a result in single precision.</summary>
    public required int TinyWeights { get; init; }

    /// <summary>Gets how many PReLU activations can be written in operators that have fast kernels.</summary>
    public required int RewrittenActivations { get; init; }

    /// <summary>Gets how many channels give the same value for every input and are left out, after tiny weights are taken as zero.</summary>
    public required int DeadChannels { get; init; }

    /// <summary>Writes the counts as people read them: <c>1,190,336 weights (8,938 denormal, 195,715 tiny), 1,248 dead channels, 33 PReLU</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Weights:N0} weights ({Denormals:N0} denormal, {TinyWeights:N0} tiny), {DeadChannels:N0} dead channels, {RewrittenActivations:N0} PReLU");
}
