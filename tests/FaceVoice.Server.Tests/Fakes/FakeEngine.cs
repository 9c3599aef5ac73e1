using System.Security.Cryptography;
using System.Text;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;

namespace FaceVoice.Server.Tests.Fakes;

/// <summary>
/// An engine whose vectors follow from the text of the media: "face:anna" and "voice:anna" point the same way in the joint space. Media that begin
/// with "bad" are refused, "bug" fails as no one foresaw, "slow" waits for its caller to leave, "full" finds the queue full the first two times,
/// "nan" and "infinite" give vectors that are not finite.
/// </summary>
internal sealed class FakeEngine : IInferenceEngine
{
    public const int JointDimension = 8;
    private readonly SemaphoreSlim _dropped = new(0);
    private int _full;
    private int _droppedSeen;

    public int Dropped { get; private set; }

    public TaskCompletionSource SlowStarted { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource SlowReleased { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes ready for another slow piece of work.</summary>
    public void RenewSlow() => SlowStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until so many slow pieces of work were dropped.</summary>
    public async Task UntilDroppedAsync(int count)
    {
        while (_droppedSeen < count)
        {
            Assert.True(await _dropped.WaitAsync(TimeSpan.FromSeconds(20)), $"{_droppedSeen} of {count} were dropped");
            _droppedSeen++;
        }
    }

    public ModelManifest Manifest { get; } = new()
    {
        Name = "fake",
        ModelId = new string('a', 64),
        Dimensions = new EmbeddingDimensions { Joint = JointDimension, Face = 4, Speaker = 6 },
        Encoders = new EncoderSpecs(),
        Calibration = new CalibrationSpecs { Joint = new ScoreCalibration { PlattScale = 10, PlattOffset = -5 } },
    };

    public static ReadOnlyMemory<float> Direction(string text, int dimension)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var vector = Enumerable.Range(0, dimension).Select(i => (hash[i] - 127.5f) / 127.5f).ToArray();
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return vector.Select(v => v / length).ToArray();
    }

    public IDisposable BeginRehearsal() => new MemoryStream(); // counts and keeps nothing anyway

    public int? DimensionOf(EmbeddingSpace space) => Manifest.Dimensions.Of(space);

    public async Task<SampleResult> EmbedFaceAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        var name = await ReadAsync(image, cancellationToken);
        return new SampleResult
        {
            Vectors = Vectors(name, EmbeddingSpace.Face, 4),
            Face = new FaceQuality { DetectionScore = 0.9f, SizePixels = 100, Sharpness = 300, Brightness = 0.5f, ClippedShare = 0, YawDegrees = 3, RollDegrees = 1 },
            Box = new BoundingBox(1, 2, 31, 42),
            FacesFound = 1,
            Warnings = name == "blurred" ? ["the face's sharpness is 3, needed is at least 10"] : [],
            Timings = [new StageTime("decode", 1), new StageTime("encode", 2)],
        };
    }

    public async Task<SampleResult> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken) => Voice(await ReadAsync(media, cancellationToken), 3);

    public Task<SampleResult> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken)
    {
        var loudest = samples.Span.ToArray().Max(MathF.Abs);
        var seconds = (double)samples.Length / AudioClip.SampleRate;
        return Task.FromResult(loudest < 0.01f
            ? new SampleResult { Vectors = new Dictionary<EmbeddingSpace, ReadOnlyMemory<float>>(), Voice = Quality(seconds, 0) }
            : Voice("live", seconds));
    }

    public MatchScore Match(IReadOnlyList<SampleResult> faces, IReadOnlyList<SampleResult> voices)
    {
        var score = 0f;
        for (var i = 0; i < JointDimension; i++)
        {
            score += JointOf(faces[0]).Span[i] * JointOf(voices[0]).Span[i];
        }

        return new MatchScore(score, Manifest.Calibration!.Joint!.Probability(score), [.. faces.SelectMany(f => f.Warnings)]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ReadOnlyMemory<float> JointOf(SampleResult sample) =>
        sample.Vectors.TryGetValue(EmbeddingSpace.Joint, out var vector) ? vector : throw new SpaceMissingException("A sample has no embedding in the joint space.");

    private static VoiceQuality Quality(double seconds, double speech) =>
        new() { Seconds = seconds, SpeechSeconds = speech, SignalToNoiseDb = 25, ClippingShare = 0, BandwidthHz = 7000 };

    private static SampleResult Voice(string name, double seconds) => new()
    {
        Vectors = Vectors(name, EmbeddingSpace.Speaker, 6),
        Voice = Quality(seconds, seconds * 0.9),
        Windows = [new VoiceWindow(0, (int)(seconds * AudioClip.SampleRate), 0.9f, 0)],
        Timings = [new StageTime("decode", 1)],
    };

    private static Dictionary<EmbeddingSpace, ReadOnlyMemory<float>> Vectors(string name, EmbeddingSpace own, int dimension) => new()
    {
        [EmbeddingSpace.Joint] = name switch
        {
            "nan" => Enumerable.Repeat(float.NaN, JointDimension).ToArray(),
            "infinite" => Enumerable.Repeat(float.PositiveInfinity, JointDimension).ToArray(),
            _ => Direction(name, JointDimension),
        },
        [own] = Direction(name + own, dimension),
    };

    private async Task<string> ReadAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(media.Span);
        switch (text)
        {
            case "bad":
                throw new CorruptMediaException("The media is cut off after 3 bytes.");
            case "bug":
                throw new InvalidOperationException("secret detail");
            case "full" when Interlocked.Increment(ref _full) <= 2:
                throw Refusal.ResourceExhausted("The face queue is full.", TimeSpan.FromMilliseconds(5));
            case "slow":
                await SlowAsync(cancellationToken);
                break;
        }

        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private async Task SlowAsync(CancellationToken cancellationToken)
    {
        SlowStarted.TrySetResult();
        try
        {
            await SlowReleased.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Dropped++;
            _dropped.Release();
            throw;
        }
    }
}
