using FaceVoice.Inference.Faces;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests;

/// <summary>Recordings of two people, with the model that travels with the program: a match must say that it cannot tell who is meant.</summary>
public sealed class TwoVoicesTests : IDisposable
{
    private readonly FaceVoiceEngine _engine = FaceVoiceEngine.Open(ModelBundle.Open(RepositoryPaths.Of("models", "starter")));
    private readonly AudioDecoder _decoder = new(new MediaLimits());

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Match_TwoPeopleInTurn_IsNotEnoughEvidence()
    {
        var (one, other) = (await SpeechAsync(0), await SpeechAsync(1));
        var inTurn = _engine.Voices.Embed(new AudioClip((float[])[.. one, .. other]));
        Assert.Contains("do not sound like one person", Assert.Single(inTurn.Warnings), StringComparison.Ordinal);
        var match = _engine.Matcher.Match(Face(), inTurn);
        Assert.False(match.Evidence.IsSufficient);
        Assert.Contains(match.Evidence.Reasons, reason => reason.Contains("do not sound like one person", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Embed_OnePersonThroughout_SaysNothing()
    {
        for (var person = 0; person < 6; person++)
        {
            var voice = _engine.Voices.Embed(new AudioClip(await SpeechAsync(person)));
            Assert.Empty(voice.Warnings);
            Assert.DoesNotContain(voice.Lacking, reason => reason.Contains("one person", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Match_TwoPeopleOnTwoChannels_TakesOneAndIsNotEnoughEvidence()
    {
        var (one, other) = (await SpeechAsync(0), await SpeechAsync(1));
        var stereo = await _decoder.DecodeAsync(Stereo(one, other));
        var voice = _engine.Voices.Embed(stereo);
        Assert.Contains(voice.Warnings, warning => warning.Contains("seem to hold two voices", StringComparison.Ordinal));
        Assert.Contains(_engine.Matcher.Match(Face(), voice).Evidence.Reasons, reason => reason.Contains("two voices", StringComparison.Ordinal));

        // One of the two, unmixed.
        var alone = new[] { one, other }.Select(samples => _engine.Voices.Embed(new AudioClip(samples)).Speaker.Vector.ToArray());
        Assert.InRange(alone.Max(vector => System.Numerics.Tensors.TensorPrimitives.Dot<float>(vector, voice.Speaker.Vector.Span)), 0.98f, 1.0001f);
    }

    [Fact]
    public async Task Embed_OnePersonOnBothChannels_IsNotTwoVoices()
    {
        var one = await SpeechAsync(0);
        foreach (var right in new[] { one, [.. one.Select(sample => -sample)], new float[one.Length], Noise(one.Length) })
        {
            var voice = _engine.Voices.Embed(await _decoder.DecodeAsync(Stereo(one, right)));
            Assert.DoesNotContain(voice.Lacking, reason => reason.Contains("two voices", StringComparison.Ordinal));
        }
    }

    private static float[] Noise(int length)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 0.1f)];
    }

    private static byte[] Stereo(float[] left, float[] right)
    {
        var length = Math.Min(left.Length, right.Length);
        var interleaved = new float[2 * length];
        for (var i = 0; i < length; i++)
        {
            (interleaved[2 * i], interleaved[(2 * i) + 1]) = (left[i], right[i]);
        }

        var wav = WavWriter.Encode(interleaved);
        (wav[22], wav[28], wav[29], wav[32]) = (2, 0x00, 0xFA, 4); // channels; 64,000 bytes a second; 4 bytes a frame
        return wav;
    }

    /// <summary>Some seconds of one person: their longest recording.</summary>
    private async Task<float[]> SpeechAsync(int person)
    {
        var folder = Directory.GetDirectories(ReferenceData.Media("speech", "test")).Order(StringComparer.Ordinal).ElementAt(3 * person);
        var file = Directory.GetFiles(folder).OrderByDescending(file => new FileInfo(file).Length).ThenBy(file => file, StringComparer.Ordinal).First();
        return (await _decoder.DecodeFileAsync(file, TestContext.Current.CancellationToken)).Samples.ToArray();
    }

    private FaceEmbedding Face() => _engine.Faces.Embed(DrawnFace.Jpeg(0));
}
