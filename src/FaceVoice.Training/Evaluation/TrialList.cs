using System.Globalization;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;

namespace FaceVoice.Training.Evaluation;

/// <summary>
/// Lists of verification trials: lines of <c>label face voice</c> (label 1 or 0, parts separated by blanks, as the lists of VoxCeleb are),
/// or CSV with
/// a header that names the columns <c>label</c>, <c>face</c>, <c>voice</c>. Names are sample ids.
/// </summary>
public static class TrialList
{
    /// <summary>Reads a list.</summary>
    /// <param name="path">The file; a first line with commas makes it CSV.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message has its number.</exception>
    public static IReadOnlyList<Trial> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var trials = new List<Trial>(lines.Length);
        var isCsv = lines.Length > 0 && lines[0].Contains(',', StringComparison.Ordinal);
        var (label, face, voice) = isCsv ? Columns(lines[0], path) : (0, 1, 2);
        for (var i = isCsv ? 1 : 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var parts = isCsv ? lines[i].Split(',', StringSplitOptions.TrimEntries) : lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length <= Math.Max(label, Math.Max(face, voice)) || parts[label] is not ("0" or "1"))
            {
                throw new InvalidDataException($"{path}, line {i + 1}: expected \"label face voice\" with label 0 or 1, found \"{Shorten(lines[i])}\".");
            }

            trials.Add(new(parts[label] == "1", parts[face], parts[voice], i + 1));
        }

        return trials;
    }

    /// <summary>Says which pairs a list calls both a match and none; null if there are none.</summary>
    /// <param name="trials">The trials.</param>
    public static string? Contradictions(IReadOnlyList<Trial> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        var torn = trials.GroupBy(trial => (trial.Face, trial.Voice)).Where(pair => pair.Select(trial => trial.IsMatch).Distinct().Skip(1).Any()).ToList();
        if (torn.Count == 0)
        {
            return null;
        }

        var (first, other) = (torn[0].First(), torn[0].First(trial => trial.IsMatch != torn[0].First().IsMatch));
        return string.Create(CultureInfo.InvariantCulture,
            $"{torn.Count} pair{(torn.Count == 1 ? " is" : "s are")} labelled both 1 and 0, the first {first.Face} {first.Voice} in lines {first.Line} and {other.Line}: no model can be right about both");
    }

    /// <summary>Writes a list as VoxCeleb's are: <c>label face voice</c> a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trials">The trials.</param>
    /// <exception cref="InvalidDataException">A sample's name has a blank in it, which this format cannot hold.</exception>
    public static void Write(string path, IReadOnlyList<Trial> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (var trial in trials)
            {
                if (trial.Face.Any(char.IsWhiteSpace) || trial.Voice.Any(char.IsWhiteSpace))
                {
                    throw new InvalidDataException($"A list of trials cannot hold names with blanks: {trial.Face} {trial.Voice}");
                }

                writer.Write(trial.IsMatch ? "1 " : "0 ");
                writer.Write(trial.Face);
                writer.Write(' ');
                writer.WriteLine(trial.Voice);
            }
        });
    }

    /// <summary>All trials of a protocol as an evaluation takes them: every match, and of very many others an even choice.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="protocol">Against anybody, or against the same gender.</param>
    /// <param name="seed">Seed of the choice.</param>
    public static IReadOnlyList<Trial> Draw(FeatureSet set, TrialProtocol protocol, ulong seed = 1)
    {
        var joint = new JointSet(set);
        var trials = TrialSet.All(joint, new float[joint.Count * joint.Count], protocol, seed);
        var samples = set.Samples.ToArray();
        return [.. trials.FaceSamples.Zip(trials.VoiceSamples, (i, j) => new Trial(samples[i].Identity == samples[j].Identity, samples[i].Id, samples[j].Id))];
    }

    /// <summary>Writes scored trials as CSV: <c>label,face,voice,score</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="scores">One score a trial.</param>
    public static void WriteScores(string path, IReadOnlyList<Trial> trials, ReadOnlySpan<float> scores)
    {
        ArgumentNullException.ThrowIfNull(trials);
        using var writer = new StreamWriter(path);
        writer.WriteLine("label,face,voice,score");
        for (var i = 0; i < trials.Count; i++)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(trials[i].IsMatch ? 1 : 0)},{trials[i].Face},{trials[i].Voice},{scores[i]:R}"));
        }
    }

    private static (int Label, int Face, int Voice) Columns(string header, string path)
    {
        var names = header.Split(',', StringSplitOptions.TrimEntries);
        var (label, face, voice) = (Array.IndexOf(names, "label"), Array.IndexOf(names, "face"), Array.IndexOf(names, "voice"));
        return label >= 0 && face >= 0 && voice >= 0
            ? (label, face, voice)
            : throw new InvalidDataException($"{path}: a CSV list of trials needs the columns label, face and voice; it has {Shorten(header)}.");
    }

    private static string Shorten(string line) => line.Length <= 80 ? line : line[..80] + "...";
}

/// <summary>A face and a voice to be compared.</summary>
/// <param name="IsMatch">Whether they belong to one person.</param>
/// <param name="Face">Id of the sample whose face it is.</param>
/// <param name="Voice">Id of the sample whose voice it is.</param>
/// <param name="Line">Its line in the list that it is from; 0 if it is from none.</param>
public readonly record struct Trial(bool IsMatch, string Face, string Voice, int Line = 0);
