using FaceVoice.Training.Speaker.Sampling;
using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class SamplingTests
{
    [Fact]
    public void Sampler_Epoch_VisitsEveryClassOnce()
    {
        var sampler = new SpeakerSampler(17, seed: 3);

        var first = Enumerable.Range(0, 17).Select(i => sampler.ClassAt(i)).ToArray();
        var second = Enumerable.Range(17, 17).Select(i => sampler.ClassAt(i)).ToArray();

        Assert.Equal(Enumerable.Range(0, 17), first.Order());
        Assert.Equal(Enumerable.Range(0, 17), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(second[4], new SpeakerSampler(17, seed: 3).ClassAt(21));
    }

    [Fact]
    public void Loader_StartedInTheMiddle_GoesOnExactly()
    {
        using var speakers = new SyntheticSpeakers(5, 2);
        using var audio = speakers.Open();
        var crops = new CropFactory(speakers.Data, audio, new(), samples: 8_000, bands: 80, seed: 2);
        using var unbroken = new CropLoader(crops, rows: 4, firstBatch: 0, workers: 3, ahead: 4, seed: 2);
        for (var i = 0; i < 3; i++)
        {
            unbroken.Next();
        }

        using var resumed = new CropLoader(crops, rows: 4, firstBatch: 3, workers: 1, ahead: 1, seed: 2);
        var (expected, actual) = (unbroken.Next(), resumed.Next());

        Assert.Equal(expected.Classes, actual.Classes);
        Assert.Equal(expected.Features, actual.Features);
        Assert.Equal(15, crops.Classes.Count);
    }
}
