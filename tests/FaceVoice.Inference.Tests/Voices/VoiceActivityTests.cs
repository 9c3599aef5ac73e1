using FaceVoice.Inference.Tests.Golden;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Tests.Voices;

public sealed class VoiceActivityTests(SpeechFixture speech, ITestOutputHelper output) : IClassFixture<SpeechFixture>
{
    [Fact]
    public async Task Detect_RealSpeech_FindsMostOfIt()
    {
        foreach (var clip in await speech.RecordingsAsync(12))
        {
            var activity = speech.Detector.Detect(clip.Samples.Span);
            output.WriteLine($"{clip.Seconds:F2} s, speech {activity.SpeechSeconds:F2} s in {activity.Segments.Count}; {VoiceQualityMeter.Measure(clip.Samples.Span, activity)}");
            Assert.InRange(activity.SpeechSeconds / clip.Seconds, 0.2, 1);
            AssertOrdered(activity);
        }
    }

    [Fact]
    public async Task Detect_SpeechBetweenSilences_FindsItsPlace()
    {
        var clip = (await speech.RecordingsAsync(12))[3];
        var alone = speech.Detector.Detect(clip.Samples.Span);
        var quiet = TestSounds.Noise(2, 1e-4f);
        var activity = speech.Detector.Detect(TestSounds.Join(quiet, clip.Samples.ToArray(), quiet));
        Assert.InRange(
            activity.Segments[0].StartSeconds, 2 + alone.Segments[0].StartSeconds - 0.3, 2 + alone.Segments[0].StartSeconds + 0.3);
        Assert.InRange(activity.SpeechSeconds, alone.SpeechSeconds * 0.8, alone.SpeechSeconds * 1.2);
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("noise")]
    [InlineData("tone")]
    public void Detect_SoundWithoutSpeech_FindsNone(string kind)
    {
        var samples = kind switch
        {
            "noise" => TestSounds.Noise(5, 0.05f),
            "tone" => TestSounds.Tone(5, 0.3f, 440),
            _ => new float[5 * AudioClip.SampleRate],
        };
        Assert.Empty(speech.Detector.Detect(samples).Segments);
    }

    [Theory]
    [InlineData(-35)]
    [InlineData(-55)]
    public async Task Detect_QuietSpeech_FindsItAndTellsTheLevel(float decibels)
    {
        var factor = MathF.Pow(10, decibels / 20);
        foreach (var clip in await speech.RecordingsAsync(6))
        {
            var loud = speech.Detector.Detect(clip.Samples.Span);
            var samples = clip.Samples.ToArray().Select(sample => MathF.Round(sample * factor * 32_768) / 32_768).ToArray();
            var quiet = speech.Detector.Detect(samples);
            Assert.InRange(quiet.SpeechSeconds, loud.SpeechSeconds * 0.7, loud.SpeechSeconds * 1.3);
            Assert.Equal(loud.LevelDb + decibels, quiet.LevelDb, 2f);
            Assert.Equal(quiet.LevelDb, VoiceQualityMeter.Measure(samples, quiet).LevelDb);
        }
    }

    [Theory]
    [InlineData(1e-4f)]
    [InlineData(1e-3f)]
    [InlineData(5e-3f)]
    public void Detect_QuietNoise_HoldsNoSpeechThoughItIsBroughtUp(float level) =>
        Assert.Empty(speech.Detector.Detect(TestSounds.Noise(5, level)).Segments);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(513)]
    public void Detect_AFewSamples_TellsAllFrames(int count)
    {
        var activity = speech.Detector.Detect(new float[count]);
        Assert.Equal((count + 511) / 512, activity.Probabilities.Length);
        Assert.Equal(count, activity.SampleCount);
        Assert.Empty(activity.Segments);
    }

    [Fact]
    public void Push_PiecesOfAnySize_GivesTheProbabilitiesOfTheWhole()
    {
        var samples = GoldenMedia.Voice(140, seconds: 7).AsMemory();
        var whole = speech.Detector.Detect(samples.Span);
        var tracker = speech.Detector.Open();
        var probabilities = new List<float>();
        var random = new Random(5);
        for (var at = 0; at < samples.Length;)
        {
            var length = Math.Min(samples.Length - at, random.Next(0, random.Next(2) == 0 ? 1500 : 30_000));
            tracker.Push(samples.Span.Slice(at, length), probabilities);
            at += length;
        }

        tracker.Complete(probabilities);
        AssertClose(whole.Probabilities.Span, [.. probabilities]);
        Assert.Equal(whole.Segments, speech.Detector.FromProbabilities([.. probabilities], samples.Length).Segments);
    }

    [Fact]
    public async Task Detect_ManyThreadsAtOnce_GivesTheSameBits()
    {
        var clips = await speech.RecordingsAsync(6);
        var alone = clips.Select(clip => speech.Detector.Detect(clip.Samples.Span).Probabilities.ToArray()).ToList();
        Parallel.For(0, 24, i => Assert.Equal(alone[i % clips.Count], speech.Detector.Detect(clips[i % clips.Count].Samples.Span).Probabilities.ToArray()));
    }

    [Fact]
    public void Detect_CancelledCaller_Stops() =>
        Assert.Throws<OperationCanceledException>(() => speech.Detector.Detect(new float[16_000], new CancellationToken(canceled: true)));

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(94)]
    [InlineData(300)]
    public void Detect_ManyWindowsARun_EqualsTheFileWindowByWindow(int windows)
    {
        var samples = GoldenMedia.Voice(180, seconds: 10).AsSpan(0, (windows * VoiceActivity.FrameLength) - 100);
        AssertClose(WindowByWindow(samples), speech.Detector.Detect(samples).Probabilities.Span);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Detect_SampleThatIsNoNumber_IsRefused(float value)
    {
        var samples = GoldenMedia.Voice(180, seconds: 1);
        samples[5_000] = value;
        Assert.Throws<NonFiniteOutputException>(() => speech.Detector.Detect(samples));
    }

    [Fact]
    public void Push_LiveAudio_AllocatesNothingForAFrame()
    {
        var samples = GoldenMedia.Voice(180, seconds: 1);
        var tracker = speech.Detector.Open();
        var probabilities = new List<float>(10_000);
        tracker.Push(samples, probabilities);
        tracker.Push(samples.AsSpan(0, VoiceActivity.FrameLength), probabilities);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            tracker.Push(samples.AsSpan(i * 100, VoiceActivity.FrameLength), probabilities);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 64);
    }

    [Fact]
    public void FromProbabilities_ShortPausesAndBursts_AreBridgedAndDropped()
    {
        // Frames of 32 ms: ten of speech, two of pause (bridged), ten of speech, ten of pause, three of speech (too short).
        float[] probabilities = [.. Enumerable.Repeat(.9f, 10), .2f, .2f, .. Enumerable.Repeat(.9f, 10), .. Enumerable.Repeat(.1f, 10), .9f, .9f, .9f, .. Enumerable.Repeat(.1f, 5)];
        var segment = Assert.Single(speech.Detector.FromProbabilities(probabilities, probabilities.Length * 512).Segments);
        Assert.Equal(0, segment.Start);
        Assert.Equal((22 * 512) + 480, segment.End);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }

    /// <summary>The packaged file as it is: 64 samples of before and 512 new ones, and a state that it hands on.</summary>
    private static float[] WindowByWindow(ReadOnlySpan<float> samples)
    {
        using var session = OnnxSession.Load(SpeechModels.Activity);
        var input = new float[64 + VoiceActivity.FrameLength];
        var state = new float[2 * 128];
        var probabilities = new List<float>();
        for (; !samples.IsEmpty; samples = samples[Math.Min(samples.Length, VoiceActivity.FrameLength)..])
        {
            var frame = samples[..Math.Min(samples.Length, VoiceActivity.FrameLength)];
            input.AsSpan(64).Clear();
            frame.CopyTo(input.AsSpan(64));
            using var result = session.Run(
                new OnnxInput(
                    "input", input, 1, input.Length), new OnnxInput("state", state, 2, 1, 128), new OnnxInput("sr", new long[] { 16_000 }));
            probabilities.Add(result.Floats(0)[0]);
            result.Floats(1).CopyTo(state);
            input.AsSpan(VoiceActivity.FrameLength).CopyTo(input);
        }

        return [.. probabilities];
    }

    private static void AssertOrdered(VoiceActivity activity)
    {
        var end = 0;
        foreach (var segment in activity.Segments)
        {
            Assert.True(segment.Start >= end && segment.Length > 0);
            end = segment.End;
        }

        Assert.True(end <= activity.SampleCount);
    }
}
