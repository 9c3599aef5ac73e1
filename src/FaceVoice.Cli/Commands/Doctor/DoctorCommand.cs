using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Training.Diagnosis;

namespace FaceVoice.Cli.Commands.Doctor;

/// <summary><c>facevoice doctor</c>: is this machine fit, and what to do where it is not.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var run = new Option<string?>("--run") { Description = "Look at a training run instead: what is wrong with it, most likely why, what to change.", HelpName = "DIR" };
        return new Command("doctor", "Checks this machine: what is installed, what would fail, and how to mend it; or, with --run, a training run. Exit code 1 where something failed.") { run, json }
            .Runs((parsed, _) => Task.FromResult(parsed.GetValue(run) is { } folder ? ExamineRun(folder, parsed.GetValue(json)) : CheckMachine(parsed.GetValue(json))));
    }

    private static int ExamineRun(string folder, bool json)
    {
        var diagnosis = RunDoctor.Examine(folder);
        Console.WriteLine(json ? diagnosis.ToJson().ToJsonString() : diagnosis.ToText());
        return diagnosis.HasErrors ? ExitCode.Failed : ExitCode.Done;
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
