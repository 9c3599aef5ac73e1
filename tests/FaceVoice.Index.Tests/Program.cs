using FaceVoice.Index.Tests.Embedded;
using Xunit.Runner.InProc.SystemConsole;

namespace FaceVoice.Index.Tests;

/// <summary>Runs the tests, or one of the processes that a test starts beside itself.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args switch
    {
        [CrashWriter.Argument, var folder, var seed] => CrashWriter.RunAsync(folder, int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture)),
        _ => ConsoleRunner.Run(args),
    };
}
