namespace FaceVoice.Training.Evaluation;

/// <summary>Scored trials to calibrate on: whether each counts as a match, and who is on either side.</summary>
internal sealed record LabelledTrials(float[] Scores, bool[] Labels, int[] FirstIdentities, int[] SecondIdentities)
{
    public bool HasBothKinds => Labels.Contains(true) && Labels.Contains(false);

    /// <summary>A match is one person.</summary>
    public static LabelledTrials OfPeople(TrialSet trials) =>
        new(trials.Scores, trials.Labels(), trials.FirstIdentities, trials.SecondIdentities);

    /// <summary>
    /// For a model that knows groups, and nothing of who somebody is: to it, every couple of one group is as good as one person's, and
    /// counts as a match. Couples of two people count as others beside that, of whatever group they are, so that the probability is still
    /// that of one person against anybody. Matches of single people would be few, and would measure who happened to be paired with whom.
    /// </summary>
    /// <param name="trials">Trials of a set.</param>
    /// <param name="groups">One number a sample of that set.</param>
    public static LabelledTrials OfGroups(TrialSet trials, int[] groups)
    {
        var all = Enumerable.Range(0, trials.Scores.Length);
        var matches = all.Where(t => groups[trials.FaceSamples[t]] == groups[trials.VoiceSamples[t]]).ToArray();
        var others = all.Where(t => trials.FirstIdentities[t] != trials.SecondIdentities[t]).ToArray();
        int[] chosen = [.. matches, .. others];
        return new(
            [.. chosen.Select(t => trials.Scores[t])],
            [.. chosen.Select((_, i) => i < matches.Length)],
            [.. chosen.Select(t => trials.FirstIdentities[t])],
            [.. chosen.Select(t => trials.SecondIdentities[t])]);
    }

    /// <summary>The trials among every second person; the other fold has the people between.</summary>
    public LabelledTrials Half(int fold)
    {
        var people = FirstIdentities.Concat(SecondIdentities).Distinct().Order().ToArray();
        var half = people.Select((person, i) => (person, i)).ToDictionary(item => item.person, item => item.i % 2);
        var inside = Enumerable.Range(0, Scores.Length)
            .Where(t => half[FirstIdentities[t]] == fold && half[SecondIdentities[t]] == fold)
            .ToArray();
        return new(
            [.. inside.Select(t => Scores[t])],
            [.. inside.Select(t => Labels[t])],
            [.. inside.Select(t => FirstIdentities[t])],
            [.. inside.Select(t => SecondIdentities[t])]);
    }
}
