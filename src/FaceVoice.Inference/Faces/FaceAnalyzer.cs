using FaceVoice.Inference.Faces.Alignment;
using FaceVoice.Inference.Faces.Detection;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>Finds the faces of an image with their landmarks and quality. Thread-safe; one session per model shared by all callers.</summary>
public sealed class FaceAnalyzer : IDisposable
{
    private readonly FaceAnalyzerOptions _options;
    private readonly FaceDetector _detector;
    private readonly LandmarkEstimator _landmarks;

    /// <summary>Loads the networks.</summary>
    /// <param name="options">How to find and describe faces; null for the defaults.</param>
    /// <exception cref="OnnxModelException">A model is missing or is another model.</exception>
    public FaceAnalyzer(FaceAnalyzerOptions? options = null)
    {
        _options = options ?? new FaceAnalyzerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxFaces, 1, nameof(options));
        _detector = new FaceDetector(_options.Detector);
        try
        {
            _landmarks = new LandmarkEstimator(_options.LandmarkModelPath);
        }
        catch
        {
            _detector.Dispose();
            throw;
        }
    }

    /// <summary>Finds and describes the faces of an image.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <returns>The faces, the largest first; empty where there is none.</returns>
    public IReadOnlyList<DetectedFace> Analyze(RgbImage image)
    {
        var faces = Analyze(image, out var largest);
        largest?.Dispose();
        return faces;
    }

    /// <summary>Finds and describes the faces of an image, and hands out the crop that the largest was described by.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <param name="largest">The first face as <see cref="FaceAligner.Align"/> cuts it out, which the caller disposes; null where there is no face.</param>
    /// <returns>The faces, the largest first; empty where there is none.</returns>
    public IReadOnlyList<DetectedFace> Analyze(RgbImage image, out RgbImage? largest)
    {
        ArgumentNullException.ThrowIfNull(image);
        largest = null;
        var boxes = _detector.Detect(image);
        var faces = new List<DetectedFace>(Math.Min(boxes.Count, _options.MaxFaces));
        foreach (var box in boxes.OrderByDescending(face => face.Box.Area).Take(_options.MaxFaces))
        {
            if (Describe(image, box) is not var (face, aligned))
            {
                continue;
            }

            faces.Add(face);
            if (largest is null)
            {
                largest = aligned;
            }
            else
            {
                aligned.Dispose();
            }
        }

        return faces;
    }

    /// <summary>Runs every network once, on a picture without a face and a place in it that is none, so that the first real picture is as fast as later ones.</summary>
    public void WarmUp()
    {
        using var image = RgbImage.Allocate(320, 240);
        new Random(1).NextBytes(image.Pixels);
        _detector.Detect(image);
        var box = new BoundingBox(110, 70, 210, 190);
        _landmarks.Estimate(image, box);
        var landmarks = new FaceLandmarks(new(140, 100), new(180, 100), new(160, 120), new(145, 140), new(175, 140));
        using var aligned = FaceAligner.Align(image, landmarks);
        QualityMeter.Measure(new FaceBox(box, 1), landmarks, aligned);
    }

    /// <summary>Frees the sessions. No call may be under way.</summary>
    public void Dispose()
    {
        _detector.Dispose();
        _landmarks.Dispose();
    }

    /// <summary>Null where the landmarks make no face: not numbers, or fallen together.</summary>
    private (DetectedFace Face, RgbImage Aligned)? Describe(RgbImage image, FaceBox box)
    {
        var landmarks = _landmarks.Estimate(image, box.Box);
        if (!landmarks.IsFinite || landmarks.EyeDistance < 1)
        {
            return null;
        }

        var aligned = FaceAligner.Align(image, landmarks);
        return (new DetectedFace(box.Box, landmarks, QualityMeter.Measure(box, landmarks, aligned)), aligned);
    }
}

/// <summary>How faces are found and described.</summary>
public sealed record FaceAnalyzerOptions
{
    /// <summary>Gets how faces are looked for.</summary>
    public FaceDetectorOptions Detector { get; init; } = new();

    /// <summary>Gets the landmark network's file.</summary>
    /// <value>The default, null, is the one that travels with the program.</value>
    public string? LandmarkModelPath { get; init; }

    /// <summary>
    /// Gets the most faces described in one image, the largest first, 1 or more; bounds the work that a picture of a crowd can cause.
    /// </summary>
    /// <value>The default is 32.</value>
    public int MaxFaces { get; init; } = 32;
}
