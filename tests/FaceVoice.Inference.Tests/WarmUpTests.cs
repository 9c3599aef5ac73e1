using System.Diagnostics.Metrics;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Models;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests;

/// <summary>A warm-up is worth something only if it goes every step: with the model that is packaged, and its real networks.</summary>
public sealed class WarmUpTests : IDisposable
{
    private readonly FaceVoiceEngine _engine = FaceVoiceEngine.Open(ModelBundle.Open(RepositoryPaths.Of("models", "starter")));

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Media_AreAFaceAndSpeech_AndNewInEveryRound()
    {
        for (var round = 0; round < 3; round++)
        {
            var face = await _engine.Faces.EmbedAsync(DrawnFace.Jpeg(round));
            var voice = await _engine.Voices.EmbedAsync(SyntheticVowels.Wav(round));
            Assert.Equal((1, false), (face.FaceCount, face.FromCache));
            Assert.False(voice.FromCache);
            Assert.True(voice.Quality!.SpeechSeconds > 1, $"{voice.Quality.SpeechSeconds} s of speech");
            Assert.True(double.IsFinite(_engine.Matcher.Match(face, voice).Score));
        }
    }

    [Fact]
    public void Media_OfTwoRounds_AreDecodedBothWays() =>
        Assert.Equal([(byte)0x11, (byte)0x22], new[] { 0, 1 }.Select(round => LumaSampling(DrawnFace.Jpeg(round))));

    [Fact]
    public async Task WarmUp_UntilItsEnd_NothingIsCountedOrKept()
    {
        var stages = new List<string>();
        using var listener = Listen(stages);

        _engine.WarmUp();
        Assert.Empty(stages);
        Assert.Equal((0, 0), (_engine.CacheHits, _engine.CacheMisses));

        Assert.False((await _engine.Faces.EmbedAsync(DrawnFace.Jpeg(0))).FromCache);
        Assert.Equal(["queue", "decode", "detect", "encode", "project"], stages);
    }

    [Fact]
    public async Task Embed_WithoutTheJointSpace_RunsNoNetworkThatOnlyItNeeds()
    {
        _engine.WarmUp();
        var stages = new List<string>();
        using var listener = Listen(stages);

        var part = await _engine.Faces.EmbedAsync(DrawnFace.Jpeg(0), [EmbeddingSpace.Face], TestContext.Current.CancellationToken);
        Assert.Null(part.Joint);
        Assert.Equal(["queue", "decode", "detect", "encode"], stages);

        var whole = await _engine.Faces.EmbedAsync(DrawnFace.Jpeg(0), TestContext.Current.CancellationToken);
        Assert.NotNull(whole.Joint);
        Assert.Equal(part.Face.Vector.ToArray(), whole.Face.Vector.ToArray());
    }

    [Fact]
    public async Task BeginWarmUp_CallsMeanwhile_AreForgotten()
    {
        var stages = new List<string>();
        using var listener = Listen(stages);
        using (_engine.BeginWarmUp())
        {
            await _engine.Voices.EmbedAsync(SyntheticVowels.Wav(0));
        }

        Assert.Empty(stages);
        Assert.False((await _engine.Voices.EmbedAsync(SyntheticVowels.Wav(0))).FromCache);
        Assert.Equal(["queue", "decode", "activity", "encode", "project"], stages);
    }

    [Fact]
    public void WarmUp_LimitsThatRefuseItsMedia_RunsTheNetworksAllTheSame()
    {
        var strict = new FaceVoiceEngineOptions { Media = new() { MaxPixels = 16, MaxClipSeconds = 0.5 } };
        using var engine = FaceVoiceEngine.Open(ModelBundle.Open(RepositoryPaths.Of("models", "starter")), strict);
        engine.WarmUp();
        Assert.True(engine.IsIdle);
    }

    /// <summary>Hears of this engine's stages alone: other tests have engines of their own beside it.</summary>
    private MeterListener Listen(List<string> stages)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (ReferenceEquals(instrument.Meter, _engine.Metrics.Meter) && instrument.Name == "facevoice.stage.duration")
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var (key, value) in tags)
            {
                if (key == "stage")
                {
                    stages.Add((string)value!);
                }
            }
        });
        listener.Start();
        return listener;
    }

    /// <summary>How many samples of luma there are for one of chroma, across and down: of the frame's first component.</summary>
    private static byte LumaSampling(byte[] jpeg) => jpeg[jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]) + 11];
}
