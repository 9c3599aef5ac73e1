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
}
