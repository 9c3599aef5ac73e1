namespace FaceVoice.Training.Metrics;

/// <summary>How well each query finds its own identity in a gallery sorted by falling similarity. Immutable, so thread-safe.</summary>
/// <remarks>Queries without a match in the gallery are left out of every figure and counted in <see cref="UnmatchedQueries"/>.</remarks>
public sealed class Retrieval
{
    private readonly double[] _averagePrecision;
    private readonly int[] _firstRelevantRank;

    private Retrieval(int[] queries, int[][] relevantRanks, int unmatched)
    {
        Queries = queries;
        UnmatchedQueries = unmatched;
        _averagePrecision = Array.ConvertAll(relevantRanks, Precision);
        _firstRelevantRank = Array.ConvertAll(relevantRanks, ranks => ranks[0]);
    }

    /// <summary>Gets the index of each counted query, in the order of the other lists.</summary>
    public IReadOnlyList<int> Queries { get; }

    /// <summary>Gets the number of queries that have no match in the gallery.</summary>
    public int UnmatchedQueries { get; }

    /// <summary>Gets, for each counted query, the mean over its matches of (matches up to and including it) / (its rank).</summary>
    public ReadOnlySpan<double> AveragePrecision => _averagePrecision;

    /// <summary>Gets, for each counted query, the rank of its first match, from 1.</summary>
    public ReadOnlySpan<int> FirstRelevantRank => _firstRelevantRank;

    /// <summary>Gets the mean average precision (mAP).</summary>
    public double MeanAveragePrecision => _averagePrecision.Average();

    /// <summary>Ranks the gallery for every query.</summary>
    /// <param name="similarity">[queries, gallery], row-major; higher = more alike; ties are broken by gallery index.</param>
    /// <param name="queryIdentities">The identity of each query.</param>
    /// <param name="galleryIdentities">The identity of each gallery entry; the query itself must not be among them.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a value is not finite, or no query has a match.</exception>
    public static Retrieval Evaluate(ReadOnlySpan<float> similarity, ReadOnlySpan<int> queryIdentities, ReadOnlySpan<int> galleryIdentities)
    {
        if (similarity.Length != queryIdentities.Length * galleryIdentities.Length)
        {
            throw new ArgumentException(
                $"{similarity.Length} similarities for {queryIdentities.Length} queries and {galleryIdentities.Length} gallery entries.", nameof(similarity));
        }

        var width = galleryIdentities.Length;
        var (queries, ranks, unmatched) = (new List<int>(), new List<int[]>(), 0);
        for (var q = 0; q < queryIdentities.Length; q++)
        {
            var found = RelevantRanks(similarity.Slice(q * width, width), queryIdentities[q], galleryIdentities);
            if (found.Length == 0)
            {
                unmatched++;
                continue;
            }

            queries.Add(q);
            ranks.Add(found);
        }

        return queries.Count > 0
            ? new([.. queries], [.. ranks], unmatched)
            : throw new ArgumentException("No query has a match in the gallery.", nameof(queryIdentities));
    }

    /// <summary>The share of queries with at least one match among the first <paramref name="k"/>.</summary>
    public double RecallAt(int k) => _firstRelevantRank.Average(rank => rank <= k ? 1.0 : 0.0);

    /// <summary>Ranks of the matches, rising. Counting what beats each match costs less than sorting the gallery.</summary>
    private static int[] RelevantRanks(ReadOnlySpan<float> row, int identity, ReadOnlySpan<int> gallery)
    {
        var matches = new List<(float Score, int Index)>();
        for (var g = 0; g < row.Length; g++)
        {
            if (!float.IsFinite(row[g]))
            {
                throw new ArgumentException($"A similarity is {row[g]}; similarities must be finite.", nameof(row));
            }

            if (gallery[g] == identity)
            {
                matches.Add((row[g], g));
            }
        }

        var ranks = new int[matches.Count];
        for (var m = 0; m < ranks.Length; m++)
        {
            var (score, index) = matches[m];
            var ahead = 0;
            for (var g = 0; g < row.Length; g++)
            {
                ahead += row[g] > score || (row[g] == score && g < index) ? 1 : 0;
            }

            ranks[m] = ahead + 1;
        }

        Array.Sort(ranks);
        return ranks;
    }

    private static double Precision(int[] ranks)
    {
        double sum = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            sum += (i + 1.0) / ranks[i];
        }

        return sum / ranks.Length;
    }
}
