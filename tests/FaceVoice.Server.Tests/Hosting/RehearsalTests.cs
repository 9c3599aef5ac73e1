using System.Diagnostics.Metrics;
using FaceVoice.Inference;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Hosting;
using FaceVoice.Testing;

namespace FaceVoice.Server.Tests.Hosting;

/// <summary>A rehearsal is worth something only where it goes every step: with the model that is packaged, and its real networks.</summary>
public sealed class RehearsalTests : IAsyncLifetime
{
    private PipelineEngine _engine = null!;

    public ValueTask InitializeAsync()
    {
        _engine = PipelineEngine.Load(Path.Combine(RepositoryPaths.Root, "models", "starter"), new ServiceSettings(), TestContext.Current.CancellationToken);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Samples_AreAFaceAndSpeech_AndNewInEveryRound()
    {
        for (var round = 0; round < 3; round++)
        {
            var face = await _engine.EmbedFaceAsync(RehearsalFace.Jpeg(round), TestContext.Current.CancellationToken);
            var voice = await _engine.EmbedVoiceAsync(RehearsalVoice.Wav(round), TestContext.Current.CancellationToken);
            Assert.Equal((1, false), (face.FacesFound, face.IsCached));
            Assert.False(voice.IsCached);
            Assert.True(voice.Voice!.SpeechSeconds > 1, $"{voice.Voice.SpeechSeconds} s of speech");
            Assert.True(double.IsFinite(_engine.Match([face], [voice]).Score));
        }
    }

    [Fact]
    public async Task BeginRehearsal_UntilItsEnd_NothingIsCountedOrKept()
    {
        var counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (instrument.Meter.Name == FaceVoiceEngine.MeterName && instrument is Histogram<double>)
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref counted));
        listener.Start();
        var picture = RehearsalFace.Jpeg(0);
        using (_engine.BeginRehearsal())
        {
            await _engine.EmbedFaceAsync(picture, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, counted);
        Assert.False((await _engine.EmbedFaceAsync(picture, TestContext.Current.CancellationToken)).IsCached);
        Assert.True(counted > 0);
    }
}
