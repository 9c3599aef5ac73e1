namespace FaceVoice.Cli;

internal static class Program
{
    private static int Main(string[] args) => CommandLineApplication.Run(args);
}
