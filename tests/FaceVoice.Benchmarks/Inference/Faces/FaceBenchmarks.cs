using System.Globalization;
using BenchmarkDotNet.Attributes;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Faces.Detection;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Benchmarks.Inference.Faces;

/// <summary>Preparing the networks' inputs against running the networks alone: the first should cost less than a fifth of the second.</summary>
[MemoryDiagnoser]
public class FaceBenchmarks
{
    private readonly float[] _detectorInput = new float[3 * 240 * 320];
    private readonly float[] _encoderInput = new float[3 * 112 * 112];
    private readonly FaceLandmarks _landmarks = new(new(200, 200), new(300, 202), new(250, 260), new(210, 320), new(290, 321));
    private RgbImage _image = null!;
    private RgbImage _aligned = null!;
    private FaceEncoder _encoder = null!;
    private OnnxSession _detectorSession = null!;
    private OnnxSession _encoderSession = null!;
    private OnnxCallPool _detectorCalls = null!;
    private OnnxCallPool _encoderCalls = null!;

    /// <summary>The picture's size in pixels.</summary>
    [Params("512x512", "1280x720", "1920x1080")]
    public string Picture { get; set; } = "";

    /// <summary>Loads the networks and paints a picture.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var sides = Picture.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture)).ToArray();
        _image = RgbImage.Allocate(sides[0], sides[1]);
        new Random(1).NextBytes(_image.Pixels);
        _aligned = FaceAligner.Align(_image, _landmarks);
        _encoder = new FaceEncoder();
        _detectorSession = OnnxSession.Load(FaceModels.Detector);
        _encoderSession = OnnxSession.Load(FaceModels.Encoder);
        _detectorCalls = new OnnxCallPool(_detectorSession);
        _encoderCalls = new OnnxCallPool(_encoderSession);
    }

    /// <summary>Frees the networks.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _detectorCalls.Dispose();
        _encoderCalls.Dispose();
        _detectorSession.Dispose();
        _encoderSession.Dispose();
        _encoder.Dispose();
        _image.Dispose();
        _aligned.Dispose();
    }

    /// <summary>The detector's network alone.</summary>
    [Benchmark]
    public void DetectorNetwork() => Run(_detectorCalls);

    /// <summary>The detector's input from the picture.</summary>
    [Benchmark]
    public void DetectorInput() => FaceDetector.Prepare(_image, _detectorInput);

    /// <summary>The encoder's network alone.</summary>
    [Benchmark(Baseline = true)]
    public void EncoderNetwork() => Run(_encoderCalls);

    /// <summary>The aligned crop from the picture.</summary>
    [Benchmark]
    public void Align() => FaceAligner.Align(_image, _landmarks).Dispose();

    /// <summary>The encoder's input from the aligned crop.</summary>
    [Benchmark]
    public void EncoderInput() => _encoder.Prepare(_aligned, _encoderInput);

    private static void Run(OnnxCallPool calls)
    {
        using var call = calls.Rent();
        call.Run();
    }
}
