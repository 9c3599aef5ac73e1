using System.CommandLine;
using FaceVoice.Cli.Commands;
using FaceVoice.Cli.Commands.Doctor;
using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Cli.Commands.Index;
using FaceVoice.Cli.Commands.Models;
using FaceVoice.Cli.Commands.Speaker;
using FaceVoice.Cli.Commands.Training;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli;

/// <summary>The <c>facevoice</c> tool: reads the arguments, runs one command, returns its exit code.</summary>
public static class CommandLineApplication
{
    /// <summary>Runs the tool.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 cancelled; see <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);

        var spelled = OptionSpelling.Normalize(args);
        var parsed = CreateRootCommand().Parse(spelled);
        string[] errors = [.. parsed.Errors.Select(error => error.Message), .. OptionSpelling.Unknown(parsed, spelled).Select(name => $"'{name}' is no option of this command.")];
        if (errors.Length > 0)
        {
            foreach (var error in errors)
            {
                Console.Error.WriteLine($"facevoice: {error}");
            }

            Console.Error.WriteLine("Try 'facevoice --help', or '--help' after a command.");
            return ExitCode.WrongUsage;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,

            // A server that is told to stop lets open calls end; how long is its own setting. A training ends its step and saves.
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name switch
            {
                ServeCommand.Name => TimeSpan.FromHours(2),
                TrainCommand.Name => TimeSpan.FromMinutes(5),
                _ => TimeSpan.FromSeconds(2),
            },
        });
    }

    /// <summary>Makes the whole command tree; the one list of what the tool can do.</summary>
    internal static RootCommand CreateRootCommand()
    {
        var root = new RootCommand("Tells how well a face and a voice go together, and finds voices by face or by voice.");
        root.Subcommands.Add(EmbedCommand.Create());
        root.Subcommands.Add(MatchCommand.Create());
        root.Subcommands.Add(ModelsCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(ExtractCommand.Create());
        root.Subcommands.Add(SpeakerCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(IndexCommand.Create());
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(EvaluateCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(SynthCommand.Create());
        return root;
    }
}
