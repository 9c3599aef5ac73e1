using System.CommandLine;

namespace FaceVoice.Cli.Terminal;

/// <summary>Wraps the body of a command: Ctrl-C becomes exit code 130, a foreseen error one line on stderr and exit code 1.</summary>
internal static class CommandAction
{
    /// <summary>Gives <paramref name="command"/> its body. The token is cancelled by Ctrl-C and by SIGTERM.</summary>
    public static Command Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> body)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is heard only once this has returned a task: a body that never waits, such as a training on features, would be killed unsaved.
            await Task.Yield();
            try
            {
                return await body(parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Console.Error.WriteLine($"{command.FullName()}: cancelled.");
                return ExitCode.Cancelled;
            }
            catch (UsageException error)
            {
                Console.Error.WriteLine($"{command.FullName()}: {error.Message}");
                return ExitCode.WrongUsage;
            }
            catch (Exception error) when (ForeseenErrors.Describe(error) is { } description)
            {
                Console.Error.WriteLine($"{command.FullName()}: {description}");
                return ExitCode.Failed;
            }
        });
        return command;
    }

    /// <summary>The command as it is typed: its own name behind those of the commands above it.</summary>
    public static string FullName(this Command command) => command is RootCommand
        ? "facevoice"
        : $"{command.Parents.OfType<Command>().FirstOrDefault()?.FullName() ?? "facevoice"} {command.Name}";
}
