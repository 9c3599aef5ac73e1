using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Training.Sampling;

namespace FaceVoice.Training.Tests.Sampling;

public sealed class BatchSamplerTests
{
    private static readonly FeatureSet Set =
        FeatureSynthesizer.Generate(SyntheticPresets.Get("easy") with { Identities = 100, SamplesPerIdentity = 4, FaceDimension = 16, VoiceDimension = 16 });

    [Fact]
    public void Epoch_SameNumber_SameOrder_AndEverySampleOnce()
    {
        var sampler = new BatchSampler(Set, new() { BatchSize = 40 });
        Assert.Equal(sampler.Epoch(3), sampler.Epoch(3));
        Assert.NotEqual(sampler.Epoch(3), sampler.Epoch(4));
        Assert.Equal(Enumerable.Range(0, 400), sampler.Epoch(3).Order());
    }

    [Fact]
    public void Epoch_SameGenderShare_MakesPureBatches()
    {
        var sampler = new BatchSampler(Set, new() { BatchSize = 20, SameGenderShare = 1 });
        var pure = sampler.Epoch(0).Chunk(20).Count(batch => batch.Select(i => Set.Identities[Set.Samples[i].Identity].Gender).Distinct().Count() == 1);
        Assert.True(pure >= 18, $"{pure} of {sampler.BatchesPerEpoch}");
        Assert.Equal(400 / 20, sampler.BatchesPerEpoch);
        Assert.Equal(400, sampler.Epoch(0).Distinct().Count());
    }

    [Fact]
    public void Epoch_ClipsPerIdentity_StandTogether()
    {
        var order = new BatchSampler(Set, new() { BatchSize = 40, ClipsPerIdentity = 2 }).Epoch(0);
        Assert.All(order.Chunk(2), pair => Assert.Equal(Set.Samples[pair[0]].Identity, Set.Samples[pair[1]].Identity));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PickRows_VoicesAreOfTheSamePerson_AndOfTheSameSampleOnlyWhereThatIsAskedFor(bool anyClip)
    {
        var sampler = new BatchSampler(Set, new() { BatchSize = 400, AnyClipOfPerson = anyClip });
        var samples = Enumerable.Range(0, 400).ToArray();
        var (faces, heard, voices) = (new int[400], new int[400], new int[400]);
        sampler.PickRows(samples, 7, faces, heard, voices);
        Assert.Equal(samples.Select(i => Set.Samples[i].FaceStart), faces);
        Assert.Equal(heard.Select(i => Set.Samples[i].VoiceStart), voices);
        Assert.Equal(samples.Select(i => Set.Samples[i].Identity), heard.Select(i => Set.Samples[i].Identity));
        var own = samples.Zip(heard).Count(pair => pair.First == pair.Second);
        Assert.InRange(own, anyClip ? 60 : 400, anyClip ? 140 : 400); // a fourth, within four deviations

        var again = new int[400];
        sampler.PickRows(samples, 7, faces, again, voices);
        Assert.Equal(heard, again);
    }

    [Fact]
    public void Constructor_SmallSet_ShrinksTheBatch() => Assert.Equal(400, new BatchSampler(Set, new() { BatchSize = 4_000 }).BatchSize);
}
