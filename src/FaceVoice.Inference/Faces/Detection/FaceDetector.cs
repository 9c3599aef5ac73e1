using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces.Detection;

/// <summary>Finds upright faces in an image (RFB-320 light detector). Thread-safe; one session shared by all callers.</summary>
/// <remarks>
/// The whole image is stretched to 320×240, so a face is found from about 3 % of the image's width. Large images are averaged down by a
/// whole factor first, which keeps small faces that plain interpolation would skip over.
/// </remarks>
public sealed class FaceDetector : IDisposable
{
    private const int InputWidth = 320;
    private const int InputHeight = 240;

    /// <summary>
    /// Rows looked at of each block of a large photo; the boxes stay within a fraction of a pixel of the network's input.
    /// </summary>
    private const int ShrinkRows = 4;

    private readonly FaceDetectorOptions _options;
    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;
    private readonly int _scores;
    private readonly int _boxes;

    /// <summary>Loads the detector.</summary>
    /// <param name="options">How to look for faces; null for the defaults.</param>
    /// <exception cref="OnnxModelException">The model is missing or is another model.</exception>
    public FaceDetector(FaceDetectorOptions? options = null)
    {
        _options = options ?? new FaceDetectorOptions();
        _session = OnnxSession.Load(_options.ModelPath ?? FaceModels.Detector);
        _session.RequireInput("input", TensorElement.Real32, 1, 3, InputHeight, InputWidth);
        _scores = IndexOf(_session.RequireOutput("scores", TensorElement.Real32, 1, -1, 2));
        _boxes = IndexOf(_session.RequireOutput("boxes", TensorElement.Real32, 1, -1, 4));
        _calls = new OnnxCallPool(_session);
    }

    /// <summary>Finds the faces of an image.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <returns>
    /// The faces, the most certain first, none overlapping another by more than <see cref="FaceDetectorOptions.MaxOverlap"/>.
    /// </returns>
    public IReadOnlyList<FaceBox> Detect(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var call = _calls.Rent();
        Prepare(image, call.Floats(0));
        call.Run();
        return Read(call.Output(_scores), call.Output(_boxes), image.Width, image.Height);
    }

    /// <summary>Frees the session. No call may be under way.</summary>
    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }

    /// <summary>Fills <c>[1, 3, 240, 320]</c>, RGB planes, (v − 127) / 128.</summary>
    internal static void Prepare(RgbImage image, Span<float> planes)
    {
        using var shrunk = BoxShrinker.ShrinkTowards(
            image, new PixelRegion(0, 0, image.Width, image.Height), InputWidth, InputHeight, ShrinkRows);
        BilinearResizer.ToPlanes(shrunk?.Image ?? image, InputWidth, InputHeight, PlaneNormalization.FaceNetworks, planes);
    }

    private static int CompareByScore(FaceBox a, FaceBox b) => b.Score.CompareTo(a.Score);

    private List<FaceBox> Read(ReadOnlySpan<float> scores, ReadOnlySpan<float> boxes, int width, int height)
    {
        var candidates = new List<FaceBox>();
        for (var i = 0; i < scores.Length / 2; i++)
        {
            // Written so that a score that is not a number is no face.
            if (scores[(2 * i) + 1] >= _options.MinScore)
            {
                var corners = boxes.Slice(4 * i, 4);
                var box = new BoundingBox(
                    corners[0] * width, corners[1] * height, corners[2] * width, corners[3] * height).ClampTo(width, height);
                if (box.Width >= 1 && box.Height >= 1)
                {
                    candidates.Add(new FaceBox(box, scores[(2 * i) + 1]));
                }
            }
        }

        candidates.Sort(CompareByScore);
        var kept = new List<FaceBox>();
        foreach (var candidate in candidates)
        {
            if (kept.TrueForAll(face => face.Box.IntersectionOverUnion(candidate.Box) <= _options.MaxOverlap))
            {
                kept.Add(candidate);
            }
        }

        return kept;
    }

    private int IndexOf(TensorSpec output) => _session.Outputs.ToList().IndexOf(output);
}

/// <summary>What the detector says of one face.</summary>
/// <param name="Box">Where it is, in pixels of the image, within the image.</param>
/// <param name="Score">The detector's confidence, in [0, 1].</param>
public readonly record struct FaceBox(BoundingBox Box, float Score);

/// <summary>How faces are looked for.</summary>
public sealed record FaceDetectorOptions
{
    /// <summary>Gets the least confidence that counts as a face, in (0, 1).</summary>
    /// <value>The default is 0.65.</value>
    public float MinScore { get; init; } = 0.65f;

    /// <summary>Gets the overlap (intersection over union) from which the weaker of two boxes is the same face, in (0, 1).</summary>
    /// <value>The default is 0.4.</value>
    public float MaxOverlap { get; init; } = 0.4f;

    /// <summary>Gets the detector's file (the public RFB-320 light detector).</summary>
    /// <value>The default, null, is the one that travels with the program.</value>
    public string? ModelPath { get; init; }
}
