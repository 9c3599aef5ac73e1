using System.Numerics.Tensors;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// Groups the faces of one source into people: average-link clustering of cosines, in which two faces of the same frame are never the same
/// person. Deterministic.
/// </summary>
internal static class FaceClusterer
{
    /// <summary>The people, the one seen in most frames first; of equals, the one whose faces are larger.</summary>
    public static IReadOnlyList<IReadOnlyList<FaceSighting>> Cluster(IReadOnlyList<FaceSighting> sightings, float samePersonCosine)
    {
        var groups = sightings.Select(sighting => new Group(sighting)).ToList();
        while (Closest(groups, samePersonCosine) is { } pair)
        {
            groups[pair.First].Take(groups[pair.Second]);
            groups.RemoveAt(pair.Second);
        }

        return [.. groups
            .OrderByDescending(group => group.Members.Count)
            .ThenByDescending(group => group.Members.Sum(member => member.Quality.SizePixels))
            .Select(group => group.Members.OrderBy(member => member.Seconds).ToList())];
    }

    private static (int First, int Second)? Closest(List<Group> groups, float threshold)
    {
        (int, int)? closest = null;
        var best = threshold;
        for (var first = 0; first < groups.Count; first++)
        {
            for (var second = first + 1; second < groups.Count; second++)
            {
                var similarity = groups[first].SimilarityTo(groups[second]);
                if (similarity >= best && !groups[first].SharesFrameWith(groups[second]))
                {
                    (best, closest) = (similarity, (first, second));
                }
            }
        }

        return closest;
    }

    /// <summary>Members and the sum of their embeddings, from which the mean cosine between two groups follows.</summary>
    private sealed class Group(FaceSighting sighting)
    {
        private readonly float[] _sum = [.. sighting.Embedding];
        private readonly HashSet<int> _frames = [sighting.Frame];

        public List<FaceSighting> Members { get; } = [sighting];

        public float SimilarityTo(Group other) => TensorPrimitives.Dot<float>(_sum, other._sum) / (Members.Count * other.Members.Count);

        public bool SharesFrameWith(Group other) => _frames.Overlaps(other._frames);

        public void Take(Group other)
        {
            TensorPrimitives.Add(_sum, other._sum, _sum);
            _frames.UnionWith(other._frames);
            Members.AddRange(other.Members);
        }
    }
}
