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
        Assert.Equal([new(true, "a", "b"), new(false, "a", "c")], TrialList.Read(_path));
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
    public void Write_DrawnTrials_ReadBackTheSame()
    {
        var set = Tests.Heads.TrainingScene.Easy.Select([.. Enumerable.Range(0, 30)]);
        var joint = set.WithFeatures(new([.. Enumerable.Range(0, set.Faces.Rows).SelectMany(row => set.Faces.Row(row)[..20].ToArray())], 20, "joint"), set.Voices);
        var trials = TrialList.Draw(joint, TrialProtocol.GenderControlled);
        var path = Path.GetTempFileName();
        TrialList.Write(path, trials);
        Assert.StartsWith("1 person000000_0 person000000_0", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(trials, TrialList.Read(path));
        Assert.Equal(90, trials.Count(trial => trial.IsMatch));
        File.Delete(path);
    }
}
