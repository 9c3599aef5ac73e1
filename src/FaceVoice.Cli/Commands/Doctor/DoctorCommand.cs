using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Doctor;

/// <summary><c>facevoice doctor</c>: is this machine fit, and what to do where it is not.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        return new Command("doctor", "Checks this machine: what is installed, what would fail, and how to mend it. Exit code 1 where something failed.") { json }
            .Runs((parsed, _) => Task.FromResult(CheckMachine(parsed.GetValue(json))));
    }

    private static int CheckMachine(bool json)
    {
        var checks = MachineChecks.Run().ToList();
        if (json)
        {
            Console.WriteLine(CliJson.Line(new Report(checks.TrueForAll(check => check.Status != MachineCheck.Failed), checks)));
        }
        else
        {
            WriteTable(checks);
        }

        return checks.Exists(check => check.Status == MachineCheck.Failed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static void WriteTable(List<MachineCheck> checks)
    {
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            Console.WriteLine($"{check.Status,-7} {check.Name.PadRight(width)}  {check.Found}");
            if (check.Remedy is not null)
            {
                Console.WriteLine($"        {new string(' ', width)}  {check.Remedy}");
            }
        }
    }

    private sealed record Report(bool Fit, IReadOnlyList<MachineCheck> Checks);
}
