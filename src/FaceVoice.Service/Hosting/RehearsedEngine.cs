using FaceVoice.Model;
using FaceVoice.Service.Inference;
using FaceVoice.Speech;
using FaceVoice.Vision;

namespace FaceVoice.Service.Hosting;

/// <summary>Answers a rehearsal's calls without a network having run: made-up unit vectors, and the real comparison of them.</summary>
/// <param name="engine">The real engine; it stays its owner's.</param>
internal sealed class RehearsedEngine(IInferenceEngine engine) : IInferenceEngine
{
    public IDisposable? BeginRehearsal() => null;

    public ModelManifest Manifest => engine.Manifest;

    public int? DimensionOf(EmbeddingSpace space) => engine.DimensionOf(space);

    public Task<SampleResult> EmbedFaceAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken) => Task.FromResult(new SampleResult
    {
        Vectors = Vectors(EmbeddingSpace.Joint, EmbeddingSpace.Face),
        Face = new FaceQuality { DetectionScore = 1, SizePixels = 200, Sharpness = 300, Brightness = 0.5f, ClippedShare = 0, YawDegrees = 0, RollDegrees = 0 },
        Box = new BoundingBox(0, 0, 64, 64),
        FacesFound = 1,
        Timings = [new("encode", 1)],
    });

    public Task<SampleResult> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken) => Task.FromResult(Voice());

    public Task<SampleResult> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken) => Task.FromResult(Voice());

    public MatchScore Match(IReadOnlyList<SampleResult> faces, IReadOnlyList<SampleResult> voices) => engine.Match(faces, voices);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SampleResult Voice() => new()
    {
        Vectors = Vectors(EmbeddingSpace.Joint, EmbeddingSpace.Speaker),
        Voice = new VoiceQuality { Seconds = 3, SpeechSeconds = 3, SignalToNoiseDb = 30, ClippingShare = 0, BandwidthHz = 8_000 },
        Timings = [new("encode", 1)],
    };

    private Dictionary<EmbeddingSpace, ReadOnlyMemory<float>> Vectors(params ReadOnlySpan<EmbeddingSpace> spaces)
    {
        var vectors = new Dictionary<EmbeddingSpace, ReadOnlyMemory<float>>();
        foreach (var space in spaces)
        {
            if (DimensionOf(space) is { } dimension)
            {
                var vector = new float[dimension];
                vector[0] = 1;
                vectors[space] = vector;
            }
        }

        return vectors;
    }
}
