namespace FaceVoice.FunctionalTests.Processes;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test, with all that the program said, where the exit code is another one.</summary>
    public ProgramResult MustEndWith(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"{CommandLine}\nended with {ExitCode} instead of {exitCode}.\n{Output}\n{Errors}");
        return this;
    }
}
