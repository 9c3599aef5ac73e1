namespace FaceVoice.Datasets.Extraction;

/// <summary>Chooses among the faces of one person: fit ones, spread over the length of the source. Deterministic.</summary>
internal static class FrameSelector
{
    /// <summary>The chosen faces in order of time; at least one where there is one.</summary>
    public static IReadOnlyList<FaceSighting> Select(IReadOnlyList<FaceSighting> person, int most)
    {
        var ranked = person.OrderByDescending(face => face.Fitness).ThenBy(face => face.Seconds).ToList();
        var length = person.Max(face => face.Seconds) - person.Min(face => face.Seconds);
        var chosen = new List<FaceSighting>();

        // First with wide gaps; where that leaves places open, with narrower ones.
        for (var gap = length / most; chosen.Count < Math.Min(most, ranked.Count); gap = gap < length / 1_000 ? -1 : gap / 2)
        {
            foreach (var face in ranked)
            {
                if (chosen.Count < most && !chosen.Contains(face) && chosen.TrueForAll(other => Math.Abs(other.Seconds - face.Seconds) >= gap))
                {
                    chosen.Add(face);
                }
            }
        }

        return [.. chosen.OrderBy(face => face.Seconds)];
    }
}
