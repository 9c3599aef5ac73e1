using FaceVoice.Models;

namespace FaceVoice.Training.Networks.Export;

/// <summary>What a speaker-only bundle shall say about itself.</summary>
public sealed record SpeakerBundleRequest
{
    /// <summary>The folder to be made; it must not exist, or be empty.</summary>
    public required string Directory { get; init; }

    /// <summary>The model's name; null for the folder's.</summary>
    public string? Name { get; init; }

    /// <summary>Where the weights come from, for the manifest and the model card.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>Licences of weights and data.</summary>
    public IReadOnlyList<LicenceNotice> Licences { get; init; } = [];

    /// <summary>How cosines between voices are read; null where nothing was measured.</summary>
    public ScoreCalibration? Calibration { get; init; }
}
