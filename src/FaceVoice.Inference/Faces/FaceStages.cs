using FaceVoice.Inference.Matching;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces;

/// <summary>The networks that a face goes through. Thread-safe; the engine owns them.</summary>
internal sealed record FaceStages(FaceAnalyzer Analyzer, FaceEncoder Encoder, ProjectionHead? Head)
{
    public void WarmUp()
    {
        Analyzer.WarmUp();
        using var aligned = RgbImage.Allocate(FaceAligner.Size, FaceAligner.Size);
        aligned.Pixels.Clear();
        Head?.Project(Encoder.Encode(aligned));
    }
}
