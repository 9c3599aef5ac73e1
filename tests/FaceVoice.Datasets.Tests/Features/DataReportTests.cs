using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;

namespace FaceVoice.Datasets.Tests.Features;

public sealed class DataReportTests
{
    [Fact]
    public void Create_DuplicateAndLookAlike_AreFound()
    {
        var set = FeatureSynthesizer.Generate(
            SyntheticPresets.Get("easy") with { Identities = 30, SamplesPerIdentity = 2, FaceDimension = 16, VoiceDimension = 16 });
        var split = IdentitySplit.Create(set.Identities, 0.2, 0.2, 1);
        var train = FirstOf(SplitPart.Train);
        var test = FirstOf(SplitPart.Test);
        var faces = set.Faces.Values.ToArray();
        faces.AsSpan(train * 2 * 16, 32).CopyTo(faces.AsSpan(test * 2 * 16)); // one face under two names
        var report = DataReport.Create(set.WithFeatures(new(faces, 16, "synthetic"), set.Voices), split, [.. "uvwxyz".Select(id => new RejectedSample($"{id}", "it has no face")), new("a", "it has no voice")]);

        Assert.Contains(
            report.Duplicates, group => group.Contains($"person{train:D6}_0 (face)") && group.Contains($"person{test:D6}_0 (face)"));
        Assert.Contains(report.LookAlikes, pair => pair.By == "face" && new[] { pair.First, pair.Second }.Order().SequenceEqual(new[] { $"person{train:D6}", $"person{test:D6}" }.Order()));
        Assert.Equal(30, report.SamplesPerIdentity["2"]);
        Assert.Contains("rejected: 7\n    u, v, w, x and 2 more: it has no face\n    a: it has no voice\n", report.ToText(), StringComparison.Ordinal);

        Assert.Equal(2, report.DuplicatesAcrossPeople);

        int FirstOf(SplitPart part) => Enumerable.Range(0, 30).First(i => split.PartOf(set.Identities[i].Name) == part);
    }

    [Fact]
    public void Create_NotFiniteFeature_IsNamed()
    {
        var set = FeatureSynthesizer.Generate(
            SyntheticPresets.Get("easy") with { Identities = 30, SamplesPerIdentity = 2, FaceDimension = 16, VoiceDimension = 16 });
        var faces = set.Faces.Values.ToArray();
        faces[(3 * 16) + 5] = float.NaN;
        var report = DataReport.Create(
            set.WithFeatures(new(faces, 16, "synthetic"), set.Voices), IdentitySplit.Create(set.Identities, 0.2, 0.2, 1));
        Assert.Equal(["person000001_1"], report.NotFinite);
        Assert.Contains("not finite: 1 samples (person000001_1)", report.ToText(), StringComparison.Ordinal);
    }
}
