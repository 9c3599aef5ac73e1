using System.Globalization;
using System.Text;

namespace FaceVoice.Training.Speaker.Data;

/// <summary>How many speakers have how many recordings.</summary>
/// <param name="Bins">Upper edges rise; the ranges do not overlap and cover every speaker.</param>
public sealed record UtteranceHistogram(IReadOnlyList<UtteranceHistogram.Bin> Bins)
{
    private static readonly int[] _edges = [1, 2, 4, 9, 19, 49, 99, 199, int.MaxValue];

    /// <summary>Counts the speakers of a data set.</summary>
    /// <param name="dataset">The recordings.</param>
    public static UtteranceHistogram Of(SpeakerDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var counts = dataset.Utterances.GroupBy(u => u.Speaker).Select(g => g.Count()).ToArray();
        var bins = new List<Bin>();
        var from = 1;
        foreach (var to in _edges)
        {
            var inside = counts.Where(c => c >= from && c <= to).ToArray();
            if (inside.Length > 0)
            {
                bins.Add(new(from, to, inside.Length, inside.Sum()));
            }

            from = to + 1;
        }

        return new(bins);
    }

    /// <summary>Writes one line a range, with a bar.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("recordings a speaker   speakers  recordings\n");
        var most = Bins.Count == 0 ? 1 : Bins.Max(b => b.Speakers);
        foreach (var bin in Bins)
        {
            var range = bin.From == bin.To ? $"{bin.From}" : bin.To == int.MaxValue ? $"{bin.From} or more" : $"{bin.From} to {bin.To}";
            var bar = new string('#', Math.Max(1, bin.Speakers * 30 / most));
            text.Append(CultureInfo.InvariantCulture, $"{range,20}  {bin.Speakers,9}  {bin.Recordings,10}  {bar}\n");
        }

        return text.ToString();
    }

    /// <summary>One range.</summary>
    /// <param name="From">Least recordings.</param>
    /// <param name="To">Most recordings; <see cref="int.MaxValue"/> for no upper end.</param>
    /// <param name="Speakers">Speakers inside.</param>
    /// <param name="Recordings">Their recordings together.</param>
    public sealed record Bin(int From, int To, int Speakers, int Recordings);
}
