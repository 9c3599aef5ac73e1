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
    /// <summary>The one list of what the tool can do.</summary>
    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("embed", EmbedCommand.Create),
        ("match", MatchCommand.Create),
        ("models", ModelsCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("extract", ExtractCommand.Create),
        ("speaker", SpeakerCommand.Create),
        (ServeCommand.Name, ServeCommand.Create),
        ("keys", KeysCommand.Create),
        ("index", IndexCommand.Create),
        ("features", FeaturesCommand.Create),
        (TrainCommand.Name, TrainCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("export", ExportCommand.Create),
        ("synth", SynthCommand.Create),
    ];

    /// <summary>Runs the tool.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 cancelled; see <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);

        var spelled = OptionSpelling.Normalize(args);
        var parsed = CreateRootCommand(spelled.FirstOrDefault()).Parse(spelled);
        string[] errors = [.. parsed.Errors.Select(error => error.Message), .. OptionSpelling.Unknown(parsed, spelled).Select(name => $"'{name}' is no option of this command.")];
        if (errors.Length > 0)
        {
            var name = parsed.CommandResult.Command.FullName();
            foreach (var error in errors)
            {
                Console.Error.WriteLine($"{name}: {error}");
            }

            Console.Error.WriteLine($"Try '{name} --help'.");
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

    /// <summary>Makes the command tree.</summary>
    /// <param name="only">
    /// The one command that is asked for, as the others take a tenth of a second to make; null or an unknown name makes them all.
    /// </param>
    internal static RootCommand CreateRootCommand(string? only = null)
    {
        var root = new RootCommand("Tells how well a face and a voice go together, and finds voices by face or by voice.");
        var isKnown = Commands.Any(command => command.Name == only);
        foreach (var (name, create) in Commands)
        {
            if (!isKnown || name == only)
            {
                root.Subcommands.Add(create());
            }
        }

        return root;
    }
}
