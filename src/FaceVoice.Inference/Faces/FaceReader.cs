using System.Numerics;
using System.Numerics.Tensors;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces;

/// <summary>Finds the faces of an image, whichever way up it is, and encodes the largest. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Detector and landmark network find faces that lie on their side or upside down too, put the landmarks as if they were upright, and
/// the encoder makes an embedding of the crop that looks like any other and is nobody's. What tells is its length before it becomes a unit vector:
/// 3.2 to 5.2 of 200 upright portraits (2.4 to 3.2 of 5 of them), 1.3 to 3.1 of the same ones turned by 90°, 180° or 270°; and it was
/// longest the right way up for all of them, and for all of 40 that were shrunk to 27 pixels, blurred or darkened.
/// </para>
/// <para>So an image whose largest face has less than is usual is turned and tried again; for all others this costs nothing.</para>
/// </remarks>
/// <param name="analyzer">Finds the faces.</param>
/// <param name="encoder">Encodes them.</param>
/// <param name="judge">The packaged encoder, whose lengths are known; null if that is <paramref name="encoder"/>.</param>
public sealed class FaceReader(FaceAnalyzer analyzer, FaceEncoder encoder, FaceEncoder? judge = null)
{
    private const float UsualLength = 3.2f;
    private const float LeastLengthIfTurned = 2.4f; // of a face that is found in a turned image only
    private const float NearlyAsLong = 0.9f;
    private const float SameFace = 0.6f; // cosine: a tilted face is found in two orientations, and aligned alike in both
    private static readonly int[] OtherTurns = [180, 90, 270];

    /// <summary>Reads an image.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <param name="expectedTurn">How the image is expected to lie: <see cref="FaceReading.TurnDegrees"/> of the frame before.</param>
    /// <param name="triesOthers">Whether other orientations are tried if the expected one does not look right.</param>
    /// <param name="cancellationToken">Stops between orientations.</param>
    /// <returns>What was found, which the caller disposes.</returns>
    public FaceReading Read(RgbImage image, int expectedTurn = 0, bool triesOthers = true, CancellationToken cancellationToken = default) =>
        Read(image, null, expectedTurn, triesOthers, cancellationToken);

    internal FaceReading Read(
        RgbImage image, StageTimer? timer, int expectedTurn = 0, bool triesOthers = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var best = ReadTurned(image, expectedTurn, timer);
        if (!triesOthers || best.Length >= UsualLength)
        {
            return best;
        }

        FaceReading? second = null;
        try
        {
            foreach (var turn in OtherTurns.Prepend(0).Where(turn => turn != expectedTurn))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var other = ReadTurned(image, turn, timer: null);
                var isBetter = other.Length > Math.Max(best.Length, best.Faces.Count == 0 ? LeastLengthIfTurned : 0);
                (best, other) = isBetter ? (other, best) : (best, other);
                (second, other) = second is null || other.Length > second.Length ? (other, second) : (second, other);
                other?.Dispose();
            }
        }
        catch
        {
            best.Dispose();
            throw;
        }
        finally
        {
            second?.Dispose();
        }

        return best with { TriedOthers = true, IsDoubtful = best.Faces.Count > 0 && second is not null && Contradicts(best, second) };
    }

    private static bool Contradicts(FaceReading best, FaceReading second) =>
        second.Length >= NearlyAsLong * best.Length && TensorPrimitives.Dot<float>(best.Embedding, second.Embedding) < SameFace;

    private FaceReading ReadTurned(RgbImage image, int turn, StageTimer? timer)
    {
        using var turned = turn == 0 ? null : image.Turn(turn);
        var faces = analyzer.Analyze(turned ?? image, out var aligned);
        timer?.Ends("detect");
        if (aligned is null)
        {
            return new FaceReading { Faces = faces, TurnDegrees = turn, Aligned = null, Embedding = [] };
        }

        try
        {
            var embedding = new float[encoder.Dimension];
            var length = encoder.Encode(aligned, embedding);
            length = judge?.Encode(aligned, new float[judge.Dimension]) ?? length;
            return new FaceReading
            {
                Faces = faces,
                TurnDegrees = turn,
                Aligned = aligned,
                Embedding = embedding,
                Length = length,
                Width = image.Width,
                Height = image.Height,
            };
        }
        catch
        {
            aligned.Dispose();
            throw;
        }
    }
}

/// <summary>The faces of an image, and how it had to be turned. Owns the crop.</summary>
public sealed record FaceReading : IDisposable
{
    /// <summary>Gets the faces, the largest first, in pixels of the image after it was turned; empty if there is none.</summary>
    public required IReadOnlyList<DetectedFace> Faces { get; init; }

    /// <summary>Gets by how much the image was turned clockwise to be upright: 0, 90, 180 or 270 degrees.</summary>
    public required int TurnDegrees { get; init; }

    /// <summary>Gets whether other orientations were tried.</summary>
    public bool TriedOthers { get; init; }

    /// <summary>Gets whether another orientation looked nearly as right and shows another face: which one is right is a guess.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>Gets the largest face as <see cref="FaceAligner"/> cuts it out; null if there is none.</summary>
    public required RgbImage? Aligned { get; init; }

    /// <summary>Gets the embedding of the largest face, of unit length; empty if there is none.</summary>
    public required float[] Embedding { get; init; }

    internal float Length { get; init; }

    internal int Width { get; init; }

    internal int Height { get; init; }

    /// <summary>A face in pixels of the image as it was given; "left" and "right" of its points stay those of the upright image.</summary>
    /// <param name="face">One of <see cref="Faces"/>.</param>
    public DetectedFace AsGiven(DetectedFace face)
    {
        ArgumentNullException.ThrowIfNull(face);
        if (TurnDegrees == 0)
        {
            return face;
        }

        var (from, to) = (Back(new(face.Box.Left, face.Box.Top)), Back(new(face.Box.Right, face.Box.Bottom)));
        var points = face.Landmarks;
        return face with
        {
            Box = new(Math.Min(from.X, to.X), Math.Min(from.Y, to.Y), Math.Max(from.X, to.X), Math.Max(from.Y, to.Y)),
            Landmarks = new(Back(points.LeftEye), Back(points.RightEye), Back(points.Nose), Back(points.LeftMouth), Back(points.RightMouth)),
        };
    }

    /// <summary>Frees the crop.</summary>
    public void Dispose() => Aligned?.Dispose();

    private Vector2 Back(Vector2 point) => TurnDegrees switch
    {
        90 => new(point.Y, Height - point.X),
        180 => new(Width - point.X, Height - point.Y),
        _ => new(Width - point.Y, point.X),
    };
}
