namespace FaceVoice.Cli;

/// <summary>What a finished command tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Cancelled = 130;
}
