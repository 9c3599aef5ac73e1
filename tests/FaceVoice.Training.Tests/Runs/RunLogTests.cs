using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Runs;

public sealed class RunLogTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".jsonl");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_NonFiniteNumber_ReadsBack()
    {
        using (var log = new RunLog(_path))
        {
            log.Write("step", ("loss", double.NaN), ("norm", float.PositiveInfinity), ("step", 3), ("ids", new[] { "a", "b" }));
        }

        var entry = RunLog.Read(_path).Single();
        Assert.Equal(double.NaN, RunLog.Number(entry, "loss"));
        Assert.Equal(double.PositiveInfinity, RunLog.Number(entry, "norm"));
        Assert.Equal(3, RunLog.Number(entry, "step"));
        Assert.Null(RunLog.Number(entry, "absent"));
    }

    [Fact]
    public void Read_HalfWrittenLastLine_IsLeftOut()
    {
        File.WriteAllText(_path, "{\"event\":\"step\"}\n{\"event\":\"st");
        Assert.Single(RunLog.Read(_path));
    }

    [Fact]
    public void Read_BrokenLineInside_NamesIt()
    {
        File.WriteAllText(_path, "{\"event\":\"step\"}\nrubbish\n{\"event\":\"step\"}\n");
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => RunLog.Read(_path)).Message, StringComparison.Ordinal);
    }
}
