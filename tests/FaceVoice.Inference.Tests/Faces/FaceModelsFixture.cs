using FaceVoice.Inference.Faces;

namespace FaceVoice.Inference.Tests.Faces;

/// <summary>The face networks, loaded once for all tests.</summary>
public sealed class FaceModelsFixture : IDisposable
{
    public FaceAnalyzer Analyzer { get; } = new();

    public FaceEncoder Encoder { get; } = new();

    public FaceAttributeEstimator Attributes { get; } = new();

    public void Dispose()
    {
        Analyzer.Dispose();
        Encoder.Dispose();
        Attributes.Dispose();
    }
}
