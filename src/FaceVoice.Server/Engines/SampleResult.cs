using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;

namespace FaceVoice.Server.Engines;

/// <summary>What became of one sample: vectors by space, and what was measured. Immutable.</summary>
internal sealed record SampleResult
{
    /// <summary>Unit-length vectors; empty where a live window had too little speech.</summary>
    public required IReadOnlyDictionary<EmbeddingSpace, ReadOnlyMemory<float>> Vectors { get; init; }

    public FaceQuality? Face { get; init; }

    public BoundingBox? Box { get; init; }

    public int FacesFound { get; init; }

    public VoiceQuality? Voice { get; init; }

    public IReadOnlyList<VoiceWindow> Windows { get; init; } = [];

    public bool IsCached { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<StageTime> Timings { get; init; } = [];
}
