using FaceVoice.Media;
using FaceVoice.Pipeline.Heads;
using FaceVoice.Vision;

namespace FaceVoice.Pipeline;

/// <summary>The networks that a face goes through. Thread-safe; the engine owns them.</summary>
internal sealed record FaceStages(FaceAnalyzer Analyzer, FaceEncoder Encoder, ProjectionHead? Head)
{
    public void WarmUp()
    {
        using var image = RgbImage.Allocate(320, 240);
        image.Pixels.Clear();
        Analyzer.Analyze(image);
        var landmarks = new FaceLandmarks(new(140, 100), new(180, 100), new(160, 120), new(145, 140), new(175, 140));
        using var aligned = FaceAligner.Align(image, landmarks);
        Head?.Project(Encoder.Encode(aligned));
    }
}
