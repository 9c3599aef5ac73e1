using System.Text.Json;
using FaceVoice.Testing;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Tests.Metrics;

/// <summary>Ranking figures against the reference numbers: ranks exact, precision within 1e-6 (stored as float32), means within 1e-9.</summary>
public sealed class RetrievalTests
{
    [Fact]
    public void Evaluate_GoldenSimilarity_EqualsReference()
    {
        var retrieval = Retrieval.Evaluate(
            GoldenArray.Floats("metrics", "similarity.npy"),
            GoldenArray.Integers("metrics", "query_ids.npy"),
            GoldenArray.Integers("metrics", "gallery_ids.npy"));
        var expected = JsonDocument.Parse(File.ReadAllText(ReferenceData.Golden("metrics", "metrics.json"))).RootElement.GetProperty("retrieval");

        Assert.Equal(GoldenArray.Integers("metrics", "first_relevant_rank.npy"), retrieval.FirstRelevantRank.ToArray());
        var precision = GoldenArray.Floats("metrics", "average_precision.npy");
        Assert.All(Enumerable.Range(0, precision.Length), i => Assert.Equal(precision[i], retrieval.AveragePrecision[i], 1e-6));
        Assert.Equal(expected.GetProperty("map").GetDouble(), retrieval.MeanAveragePrecision, 1e-9);
        foreach (var k in new[] { 1, 5, 10 })
        {
            Assert.Equal(expected.GetProperty($"recall_at_{k}").GetDouble(), retrieval.RecallAt(k), 1e-9);
        }
    }

    [Fact]
    public void Evaluate_Ties_AreBrokenByIndex()
    {
        var retrieval = Retrieval.Evaluate([0.5f, 0.5f, 0.5f], [2], [1, 2, 2]);
        Assert.Equal(2, retrieval.FirstRelevantRank[0]);
    }

    [Fact]
    public void Evaluate_QueryWithoutMatch_IsCountedApart()
    {
        var retrieval = Retrieval.Evaluate([0.9f, 0.1f, 0.9f, 0.1f], [1, 7], [1, 2]);
        Assert.Equal(1, retrieval.UnmatchedQueries);
        Assert.Equal([0], retrieval.Queries);
        Assert.Equal(1, retrieval.RecallAt(1));
    }

    [Fact]
    public void Evaluate_WrongShape_Throws() => Assert.Throws<ArgumentException>("similarity", () => Retrieval.Evaluate([1f], [1, 2], [1]));
}
