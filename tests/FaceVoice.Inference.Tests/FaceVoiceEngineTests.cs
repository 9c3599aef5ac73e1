using System.Text;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests;

public sealed class FaceVoiceEngineTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly FaceVoiceEngine _engine = fixture.Engine;

    [Fact]
    public async Task EmbedAsync_Portrait_GivesEverySpaceQualityAndTimings()
    {
        var face = await _engine.Faces.EmbedAsync(EngineFixture.Portrait(0));
        Assert.Equal(fixture.Bundle.ModelId, face.ModelId);
        Assert.Equal(512, face.In(EmbeddingSpace.Face).Dimension);
        Assert.Equal(TinyBundle.JointDimension, face.In(EmbeddingSpace.Joint).Dimension);
        Assert.True(face.Quality!.SizePixels > 50);
        Assert.Superset(new HashSet<string> { "queue", "decode", "detect", "encode", "project" }, face.Timings.Select(timing => timing.Stage).ToHashSet());
        Assert.Throws<SpaceUnavailableException>(() => face.In(EmbeddingSpace.Speaker));
    }

    [Fact]
    public async Task EmbedAsync_Recording_GivesEverySpaceQualityAndTimings()
    {
        var voice = await _engine.Voices.EmbedAsync(EngineFixture.Recording(0));
        Assert.Equal(TinyBundle.SpeakerDimension, voice.In(EmbeddingSpace.Speaker).Dimension);
        Assert.Equal(TinyBundle.JointDimension, voice.In(EmbeddingSpace.Joint).Dimension);
        Assert.NotEmpty(voice.Windows);
        Assert.True(voice.Quality!.SpeechSeconds > 0.5);
        Assert.Superset(new HashSet<string> { "queue", "decode", "activity", "encode", "project" }, voice.Timings.Select(timing => timing.Stage).ToHashSet());
        Assert.Throws<SpaceUnavailableException>(() => voice.In(EmbeddingSpace.Face));
    }

    [Fact]
    public async Task EmbedAsync_PreferredTrackWithoutSpeech_TakesTheFirstThatHasSome()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-tracks-").FullName;
        try
        {
            var (speech, two) = (Path.Combine(folder, "speech.opus"), Path.Combine(folder, "two.mkv"));
            await File.WriteAllBytesAsync(speech, EngineFixture.Recording(0), TestContext.Current.CancellationToken);
            using (var ffmpeg = System.Diagnostics.Process.Start(
                "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=3", "-i", speech, "-map", "0", "-map", "1", "-c:a", "flac", "-disposition:a:0", "default", two]))
            {
                await ffmpeg.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            var alone = await _engine.Voices.EmbedFileAsync(speech);
            var voice = await _engine.Voices.EmbedFileAsync(two);

            Assert.Contains("track 1 of 2 has no speech; track 2 is used", Assert.Single(voice.Warnings), StringComparison.Ordinal);
            Assert.Empty(alone.Warnings);
            Assert.True(System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(alone.Speaker.Vector.Span, voice.Speaker.Vector.Span) > 0.99f);
            await Assert.ThrowsAsync<NoSpeechException>(async () =>
            {
                using var first = FaceVoiceEngine.Open(fixture.Bundle, new FaceVoiceEngineOptions { Audio = new AudioDecoderOptions { Track = 1 } });
                await first.Voices.EmbedFileAsync(two);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task EmbedAsync_SameBytesAgain_ComesFromTheCache()
    {
        var media = EngineFixture.Portrait(31);
        var first = await _engine.Faces.EmbedAsync(media);
        var hits = _engine.CacheHits;
        var second = await _engine.Faces.EmbedAsync(media);
        Assert.False(first.FromCache);
        Assert.True(second.FromCache);
        Assert.Equal(hits + 1, _engine.CacheHits);
        Assert.Equal(first.Face.Vector.ToArray(), second.Face.Vector.ToArray());
    }

    [Fact]
    public async Task EmbedAsync_SameBytesAtOnce_RunTheNetworksOnce()
    {
        var (portrait, recording) = (EngineFixture.Portrait(33), EngineFixture.Recording(5));
        var faces = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _engine.Faces.EmbedAsync(portrait.ToArray())));
        var voices = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _engine.Voices.EmbedAsync(recording.ToArray())));
        Assert.Single(faces, face => !face.FromCache);
        Assert.Single(voices, voice => !voice.FromCache);
        Assert.All(faces, face => Assert.Equal(faces[0].Face.Vector.ToArray(), face.Face.Vector.ToArray()));
        Assert.All(voices, voice => Assert.Equal(voices[0].Speaker.Vector.ToArray(), voice.Speaker.Vector.ToArray()));
        Assert.True(_engine.IsIdle);
    }

    [Fact]
    public async Task Embed_AloneOrBesideOthers_GivesTheSameBits()
    {
        using var uncached = FaceVoiceEngine.Open(fixture.Bundle, new FaceVoiceEngineOptions { CacheBytes = 0 });
        var portraits = Enumerable.Range(2, 4).Select(EngineFixture.Portrait).ToArray();
        var recordings = Enumerable.Range(0, 4).Select(EngineFixture.Recording).ToArray();
        var aloneFaces = portraits.Select(media => _engine.Faces.Embed(media).Joint!.Vector.ToArray()).ToArray();
        var decoder = new AudioDecoder(new MediaLimits());
        var aloneVoices = new List<float[]>();
        foreach (var recording in recordings)
        {
            aloneVoices.Add(_engine.Voices.Embed(await decoder.DecodeAsync(recording)).Joint!.Vector.ToArray());
        }

        await Parallel.ForAsync(0, 16, async (i, token) =>
        {
            Assert.Equal(aloneFaces[i % 4], (await uncached.Faces.EmbedAsync(portraits[i % 4], token)).Joint!.Vector.ToArray());
            Assert.Equal(aloneVoices[i % 4], (await uncached.Voices.EmbedAsync(recordings[i % 4], token)).Joint!.Vector.ToArray());
        });
    }

    [Fact]
    public async Task EmbedAsync_PictureWithoutFace_SaysWhatIsNeeded()
    {
        using var image = RgbImage.Allocate(200, 100);
        image.Pixels.Fill(90);
        var error = await Assert.ThrowsAsync<NoFaceException>(() => _engine.Faces.EmbedAsync(ImageEncoder.EncodePng(image)));
        Assert.Contains("200x100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmbedAsync_RecordingWithoutSpeech_SaysWhatWasFound()
    {
        var error = await Assert.ThrowsAsync<NoSpeechException>(() => _engine.Voices.EmbedAsync(new AudioClip(new float[32_000])));
        Assert.Equal(0, error.SpeechSeconds);
        Assert.Contains("2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmbedAsync_NotMedia_IsRefused() =>
        await Assert.ThrowsAnyAsync<InvalidMediaException>(() => _engine.Faces.EmbedAsync(Encoding.ASCII.GetBytes("<svg/>")));

    [Fact]
    public async Task EmbedAsync_CallerHasLeft_DoesNothing() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _engine.Faces.EmbedAsync(EngineFixture.Portrait(9), new CancellationToken(canceled: true)));

    [Fact]
    public void EmbedWindow_NotANumber_IsNeverAnswered()
    {
        var samples = new float[48_000];
        samples[100] = float.NaN;
        Assert.Throws<NonFiniteOutputException>(() => _engine.Voices.EmbedWindow(samples));
    }

    [Fact]
    public void EmbedWindow_TooShort_SaysWhatIsNeeded() =>
        Assert.Contains(
            "0.25 s", Assert.Throws<NoSpeechException>(() => _engine.Voices.EmbedWindow(new float[100])).Message, StringComparison.Ordinal);

    [Fact]
    public void EmbedAligned_CropOfAPortrait_IsTheFaceOfThePortrait()
    {
        using var image = new ImageDecoder(new MediaLimits()).Decode(EngineFixture.Portrait(3));
        var whole = _engine.Faces.Embed(image);
        using var aligned = FaceAligner.Align(image, whole.Detected!.Landmarks);
        Assert.Equal(whole.Face.Vector.ToArray(), _engine.Faces.EmbedAligned(aligned).Face.Vector.ToArray());
    }

    [Fact]
    public void Embed_BundleWithAFaceNetworkForTheJointSpace_KeepsTheFaceSpaceAndFeedsTheHead()
    {
        using var folder = new TemporaryFolder();
        var bundle = TinyBundle.Write(folder.Path, jointFace: FaceModels.DescriptorSpec);
        using var engine = FaceVoiceEngine.Open(bundle);
        using var aligned = RgbImage.Allocate(FaceAligner.Size, FaceAligner.Size);
        new Random(5).NextBytes(aligned.Pixels);
        var face = engine.Faces.EmbedAligned(aligned);
        Assert.Equal(_engine.Faces.EmbedAligned(aligned).Face.Vector.ToArray(), face.Face.Vector.ToArray());

        using var descriptor = FaceEncoder.Open(FaceModels.DescriptorSpec);
        using var head = OnnxSession.Load(bundle.FaceHeadPath);
        using var expected = head.Run(new OnnxInput("embedding", descriptor.Encode(aligned), 1, 1024));
        var joint = expected.Floats(0).ToArray();
        UnitLength.Normalize(joint, "head");
        Assert.Equal(joint, face.Joint!.Vector.ToArray());

        using var without = FaceVoiceEngine.Open(bundle, new FaceVoiceEngineOptions { JointSpace = false });
        Assert.Null(without.Faces.EmbedAligned(aligned).Joint);
        Assert.False(without.HasJointSpace);
        Assert.Equal(engine.ModelId, without.ModelId);
    }

    [Fact]
    public async Task Match_FaceAndVoice_GivesACalibratedScore()
    {
        var result = _engine.Matcher.Match(
            await _engine.Faces.EmbedAsync(EngineFixture.Portrait(0)), await _engine.Voices.EmbedAsync(EngineFixture.Recording(0)));
        Assert.InRange(result.Score, -1, 1);
        Assert.Equal(1 / (1 + Math.Exp(-((4 * (double)result.Score) - 1))), result.Probability!.Value, 1e-12);
        Assert.True(result.Evidence.IsSufficient, string.Join("; ", result.Evidence.Reasons));
        Assert.Equal(fixture.Bundle.ModelId, result.ModelId);
    }

    [Fact]
    public async Task Match_SeveralOfEach_IsTheCosineOfTheirMeans()
    {
        FaceEmbedding[] faces = [await _engine.Faces.EmbedAsync(EngineFixture.Portrait(0)), await _engine.Faces.EmbedAsync(EngineFixture.Portrait(1))];
        VoiceEmbedding[] voices = [await _engine.Voices.EmbedAsync(EngineFixture.Recording(0)), await _engine.Voices.EmbedAsync(EngineFixture.Recording(1))];
        var face = faces[0].Joint!.Vector.ToArray().Zip(faces[1].Joint!.Vector.ToArray(), (a, b) => (double)a + b).ToArray();
        var voice = voices[0].Joint!.Vector.ToArray().Zip(voices[1].Joint!.Vector.ToArray(), (a, b) => (double)a + b).ToArray();
        var expected = face.Zip(voice, (a, b) => a * b).Sum() / Math.Sqrt(face.Sum(a => a * a) * voice.Sum(b => b * b));
        Assert.Equal(expected, _engine.Matcher.Match(faces, voices).Score, 1e-5);
    }

    [Fact]
    public async Task Match_PoorQuality_SaysWhatIsLacking()
    {
        var face = await _engine.Faces.EmbedAsync(EngineFixture.Portrait(0));
        var voice = await _engine.Voices.EmbedAsync(EngineFixture.Recording(0));
        var quality = voice.Quality! with { SpeechSeconds = 0.4, SignalToNoiseDb = -3 };
        var poor = voice with { Quality = quality, Lacking = _engine.Evidence.Lacking(quality) };
        var evidence = _engine.Matcher.Match(face, poor).Evidence;
        Assert.False(evidence.IsSufficient);
        Assert.Equal(2, evidence.Reasons.Count);
        Assert.Contains("0.4 s", evidence.Reasons[0], StringComparison.Ordinal);

        // One good recording beside the poor one is enough.
        Assert.True(_engine.Matcher.Match([face], [poor, voice]).Evidence.IsSufficient);
    }

    [Fact]
    public void Score_EmbeddingOfAnotherModel_NamesBoth()
    {
        var ours = new Embedding(_engine.ModelId, EmbeddingSpace.Joint, new float[] { 1, 0 });
        var other = new Embedding(new string('a', 64), EmbeddingSpace.Joint, new float[] { 1, 0 });
        var error = Assert.Throws<ModelMismatchException>(() => _engine.Matcher.Score(ours, other));
        Assert.Contains(_engine.ModelId, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.ModelId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherFaceEncoder_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-other-");
        try
        {
            var bundle = TinyBundle.Write(folder.FullName, faceEncoderSha256: new string('b', 64));
            Assert.Throws<ModelMismatchException>(() => FaceVoiceEngine.Open(bundle));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Open_BundleWithoutHeads_HasNoJointSpace()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-headless-");
        try
        {
            using var engine = FaceVoiceEngine.Open(TinyBundle.Write(folder.FullName, heads: false));
            Assert.False(engine.HasJointSpace);
            var face = engine.Faces.Embed(EngineFixture.Portrait(0));
            Assert.Throws<SpaceUnavailableException>(() => face.In(EmbeddingSpace.Joint));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void OpenFaceOnly_HasFacesButNoVoices()
    {
        using var engine = FaceVoiceEngine.OpenFaceOnly();
        Assert.Equal(512, engine.Faces.Embed(EngineFixture.Portrait(0)).Face.Dimension);
        Assert.False(engine.HasVoices);
        Assert.Throws<SpaceUnavailableException>(() => engine.Voices);
        Assert.Equal(64, engine.ModelId.Length);
    }
}
