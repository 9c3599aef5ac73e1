using System.Numerics;
using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces.Alignment;

/// <summary>Finds the 68 iBUG points of a detected face and reduces them to the five to align by. Thread-safe.</summary>
internal sealed class LandmarkEstimator : IDisposable
{
    private const int InputSize = 64;

    /// <summary>The crop's side over the box's height; a little margin steadies the points at the chin.</summary>
    private const float CropScale = 1.1f;

    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;

    public LandmarkEstimator(string? modelPath)
    {
        _session = OnnxSession.Load(modelPath ?? FaceModels.Landmarks);
        _session.RequireInput("input", TensorElement.Real32, 1, 1, InputSize, InputSize);
        _session.RequireOutput("output", TensorElement.Real32, 1, 136);
        _calls = new OnnxCallPool(_session);
    }

    public FaceLandmarks Estimate(RgbImage image, BoundingBox box)
    {
        var region = SquareCrop.Around(box, CropScale).ClampTo(image.Width, image.Height);
        using var crop = SquareCrop.Cut(image, region, InputSize);
        using var call = _calls.Rent();
        WriteGrey(crop.Pixels, call.Floats(0));
        call.Run();
        return Reduce(call.Output(0), region);
    }

    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }

    private static void WriteGrey(ReadOnlySpan<byte> pixels, Span<float> grey)
    {
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = ((0.299f * pixels[3 * i]) + (0.587f * pixels[(3 * i) + 1]) + (0.114f * pixels[(3 * i) + 2])) / 256;
        }
    }

    private static FaceLandmarks Reduce(ReadOnlySpan<float> points, BoundingBox region) => new(
        Mean(points, region, [37, 38, 40, 41]),
        Mean(points, region, [43, 44, 46, 47]),
        Mean(points, region, [30]),
        Mean(points, region, [48, 60]),
        Mean(points, region, [54, 64]));

    private static Vector2 Mean(ReadOnlySpan<float> points, BoundingBox region, ReadOnlySpan<int> indices)
    {
        var sum = Vector2.Zero;
        foreach (var index in indices)
        {
            sum += new Vector2(points[2 * index], points[(2 * index) + 1]);
        }

        return new Vector2(region.Left, region.Top) + (sum / indices.Length * new Vector2(region.Width, region.Height));
    }
}
