using FaceVoice.Training.Evaluation;

namespace FaceVoice.Training.Tests.Evaluation;

public sealed class TrialListTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("1 a b\n0 a c\n")]
    [InlineData("face,voice,label\na,b,1\na,c,0\n")]
    public void Read_EitherForm_GivesTheTrials(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Equal([("a", "b", true), ("a", "c", false)], TrialList.Read(_path).Select(trial => (trial.Face, trial.Voice, trial.IsMatch)));
    }

    [Theory]
    [InlineData("1 a b\n2 a c\n", "line 2")]
    [InlineData("face,voice\na,b\n", "label")]
    public void Read_Broken_NamesThePlace(string text, string expected)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => TrialList.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contradictions_PairLabelledBothWays_NamesTheLines()
    {
        File.WriteAllText(_path, "1 a b\n\n0 a c\n0 a b\n1 a b\n");
        Assert.Contains("1 pair is labelled both 1 and 0, the first a b in lines 1 and 4", TrialList.Contradictions(TrialList.Read(_path)), StringComparison.Ordinal);
        Assert.Null(TrialList.Contradictions([new(true, "a", "b"), new(false, "b", "a"), new(true, "a", "b")]));
    }

    [Theory]
    [InlineData("1 person000000_0 person000000_1\n\n0 person000000_0 nobody\n0 no one\n", "line 3: the data has no sample nobody; 2 of 3 trials")]
    [InlineData("1 person000000_0 person000000_1\n1 person000000_1 person000000_0\n", "2 matches (label 1) and 0 others (label 0)")]
    public void Score_ListThatCannotBeJudged_SaysWhereAndHowMany(string text, string expected)
    {
        File.WriteAllText(_path, text);
        var set = Tests.Heads.TrainingScene.Easy.Select([.. Enumerable.Range(0, 30)]);
        var message = Assert.Throws<InvalidDataException>(() => TrialScorer.Score(set.WithFeatures(set.Faces, set.Faces), TrialList.Read(_path))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_DrawnTrials_ReadBackTheSame()
    {
        var set = Tests.Heads.TrainingScene.Easy.Select([.. Enumerable.Range(0, 30)]);
        var joint = set.WithFeatures(new([.. Enumerable.Range(0, set.Faces.Rows).SelectMany(row => set.Faces.Row(row)[..20].ToArray())], 20, "joint"), set.Voices);
        var trials = TrialList.Draw(joint, TrialProtocol.GenderControlled);
        var path = Path.GetTempFileName();
        TrialList.Write(path, trials);
        Assert.StartsWith("1 person000000_0 person000000_0", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(trials, TrialList.Read(path).Select(trial => trial with { Line = 0 }));
        Assert.Equal(90, trials.Count(trial => trial.IsMatch));
        File.Delete(path);
    }
}
