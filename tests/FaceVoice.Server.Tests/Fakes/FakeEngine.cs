using System.Security.Cryptography;
using System.Text;
using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;

namespace FaceVoice.Server.Tests.Fakes;

/// <summary>
/// An engine whose vectors follow from the text of the media: "face:anna" and "voice:anna" point the same way in the joint space. Media
/// that begin
/// with "bad" are refused, "bug", "cancelled" and "io" fail as no one foresaw, "slow" waits for its caller to leave, "full" finds the queue
/// full the first two times, "blurred" and "two people" lack something, loud live audio is of somebody else than soft one,
/// "nan" and "infinite" make vectors that are not finite, as far as they can be made.
/// </summary>
internal sealed class FakeEngine : IServedEngine
{
    public const int JointDimension = 8;
    private readonly SemaphoreSlim _dropped = new(0);
    private int _full;
    private int _embedded;
    private int _droppedSeen;

    public int Dropped { get; private set; }

    /// <summary>How many media were embedded, or tried to be.</summary>
    public int Embedded => _embedded;

    public TaskCompletionSource SlowStarted { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource SlowReleased { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes ready for another slow piece of work.</summary>
    public void RenewSlow() => SlowStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until so many slow pieces of work were dropped.</summary>
    public async Task UntilDroppedAsync(int count)
    {
        while (_droppedSeen < count)
        {
            Assert.True(await _dropped.WaitAsync(TestServer.Patience), $"{_droppedSeen} of {count} were dropped");
            _droppedSeen++;
        }
    }

    public ModelManifest Manifest { get; } = new()
    {
        Name = "fake",
        ModelId = new string('a', 64),
        Dimensions = new EmbeddingDimensions { Joint = JointDimension, Face = 4, Speaker = 6 },
        Encoders = new EncoderSpecs(),
        Capability = new ModelCapability { Associates = ["gender"] },
        Calibration = new CalibrationSpecs { Joint = new ScoreCalibration { PlattScale = 10, PlattOffset = -5 } },
    };

    public static ReadOnlyMemory<float> Direction(string text, int dimension)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var vector = Enumerable.Range(0, dimension).Select(i => (hash[i] - 127.5f) / 127.5f).ToArray();
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return vector.Select(v => v / length).ToArray();
    }

    public IDisposable BeginWarmUp() => new MemoryStream(); // counts and keeps nothing anyway

    public int? DimensionOf(EmbeddingSpace space) => Manifest.Dimensions.Of(space);

    /// <summary>What media are refused with before they are read.</summary>
    public OverloadedException? Full { get; set; }

    public OverloadedException? RefuseIfFull() => Full;

    public async Task<FaceEmbedding> EmbedFaceAsync(ReadOnlyMemory<byte> image, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken)
    {
        var name = await ReadAsync(image, cancellationToken);
        var quality = new FaceQuality { DetectionScore = 0.9f, SizePixels = 100, Sharpness = 300, Brightness = 0.5f, ClippedShare = 0, YawDegrees = 3, RollDegrees = 1 };
        return new FaceEmbedding
        {
            ModelId = Manifest.ModelId,
            Joint = Joint(name),
            Face = Of(EmbeddingSpace.Face, name, 4),
            Detected = new DetectedFace(new BoundingBox(1, 2, 31, 42), default, quality),
            FaceCount = 1,
            Lacking = name == "blurred" ? ["the face's sharpness is 3, needed is at least 10"] : [],
            Timings = [new("decode", TimeSpan.FromMilliseconds(1)), new("encode", TimeSpan.FromMilliseconds(2))],
        };
    }

    public async Task<VoiceEmbedding> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken) => Voice(await ReadAsync(media, cancellationToken), 3);

    public Task<VoiceEmbedding> EmbedVoiceAsync(AudioClip clip, CancellationToken cancellationToken) => clip.Samples.Span.ToArray().Max(MathF.Abs) < 0.01f
        ? Task.FromException<VoiceEmbedding>(new NoSpeechException(clip.Seconds, 0, 0.5))
        : Task.FromResult(Voice(clip.Samples.Span.ToArray().Max(MathF.Abs) < 0.5f ? "live" : "live loud", clip.Seconds));

    public MatchResult Match(IReadOnlyList<MediaEmbedding> faces, IReadOnlyList<MediaEmbedding> voices)
    {
        var score = faces[0].In(EmbeddingSpace.Joint).CosineTo(voices[0].In(EmbeddingSpace.Joint));
        var probability = Manifest.Calibration!.Joint!.Probability(score);
        var evidence = new EvidenceVerdict([.. faces.SelectMany(f => f.Lacking)]);
        return new MatchResult
        {
            ModelId = Manifest.ModelId,
            Score = score,
            Probability = probability,
            Evidence = evidence,
            Capability = Manifest.Capability,
            Meaning = MatchMeaning.Describe(probability, 0.5, evidence.IsSufficient, Manifest.Capability),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private VoiceEmbedding Voice(string name, double seconds) => new()
    {
        ModelId = Manifest.ModelId,
        Joint = Joint(name),
        Speaker = Of(EmbeddingSpace.Speaker, name, 6),
        Windows = [new VoiceWindow(0, (int)(seconds * AudioClip.SampleRate), 0.9f, 0)],
        Lacking = name == "two people" ? ["the recording's channels seem to hold two voices"] : [],
        Quality = new VoiceQuality { Seconds = seconds, SpeechSeconds = seconds * 0.9, SignalToNoiseDb = 25, ClippingShare = 0, BandwidthHz = 7000 },
        Timings = [new("decode", TimeSpan.FromMilliseconds(1))],
    };

    private Embedding Of(EmbeddingSpace space, string name, int dimension) => new(Manifest.ModelId, space, Direction(name + space, dimension));

    private Embedding Joint(string name) => new(Manifest.ModelId, EmbeddingSpace.Joint, name switch
    {
        "nan" => Enumerable.Repeat(float.NaN, JointDimension).ToArray(),
        "infinite" => Enumerable.Repeat(float.PositiveInfinity, JointDimension).ToArray(),
        _ => Direction(name, JointDimension),
    });

    private async Task<string> ReadAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _embedded);
        var text = Encoding.UTF8.GetString(media.Span);
        switch (text)
        {
            case "bad":
                throw new CorruptMediaException("The media is cut off after 3 bytes.");
            case "bug":
                throw new InvalidOperationException("secret detail");
            case "cancelled":
                throw new TaskCanceledException("somebody else's token");
            case "io":
                throw new IOException("secret detail");
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
