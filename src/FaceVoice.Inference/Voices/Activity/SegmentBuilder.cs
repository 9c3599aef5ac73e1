using FaceVoice.Media;

namespace FaceVoice.Inference.Voices.Activity;

/// <summary>Turns frame probabilities into segments: hysteresis, bridging of short pauses, dropping of short bursts, padding.</summary>
internal static class SegmentBuilder
{
    public static IReadOnlyList<SpeechSegment> Build(ReadOnlySpan<float> probabilities, int sampleCount, VoiceActivityOptions options)
    {
        var minSpeech = (int)(options.MinSpeechSeconds * AudioClip.SampleRate);
        var minSilence = (int)(options.MinSilenceSeconds * AudioClip.SampleRate);
        var spans = Bridge(FindSpans(probabilities, sampleCount, options), minSilence);
        spans.RemoveAll(span => span.End - span.Start < minSpeech);
        return Pad(spans, (int)(options.PaddingSeconds * AudioClip.SampleRate), sampleCount);
    }

    private static List<(int Start, int End)> FindSpans(ReadOnlySpan<float> probabilities, int sampleCount, VoiceActivityOptions options)
    {
        var spans = new List<(int, int)>();
        var start = -1;
        for (var frame = 0; frame < probabilities.Length; frame++)
        {
            if (start < 0 && probabilities[frame] >= options.Threshold)
            {
                start = frame;
            }
            else if (start >= 0 && probabilities[frame] < options.Threshold - options.Hysteresis)
            {
                spans.Add((start * VoiceActivity.FrameLength, frame * VoiceActivity.FrameLength));
                start = -1;
            }
        }

        if (start >= 0)
        {
            spans.Add((start * VoiceActivity.FrameLength, sampleCount));
        }

        return spans;
    }

    private static List<(int Start, int End)> Bridge(List<(int Start, int End)> spans, int minSilence)
    {
        var bridged = new List<(int Start, int End)>();
        foreach (var span in spans)
        {
            if (bridged.Count > 0 && span.Start - bridged[^1].End < minSilence)
            {
                bridged[^1] = (bridged[^1].Start, span.End);
            }
            else
            {
                bridged.Add(span);
            }
        }

        return bridged;
    }

    /// <summary>Two segments closer than twice the padding meet in the middle of their pause.</summary>
    private static SpeechSegment[] Pad(List<(int Start, int End)> spans, int padding, int sampleCount)
    {
        var padded = new SpeechSegment[spans.Count];
        for (var i = 0; i < spans.Count; i++)
        {
            var lowest = i == 0 ? 0 : (spans[i - 1].End + spans[i].Start) / 2;
            var highest = i == spans.Count - 1 ? sampleCount : (spans[i].End + spans[i + 1].Start) / 2;
            var start = Math.Max(lowest, spans[i].Start - padding);
            padded[i] = new SpeechSegment(start, Math.Min(highest, spans[i].End + padding) - start);
        }

        return padded;
    }
}
