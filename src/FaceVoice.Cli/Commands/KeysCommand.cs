using System.CommandLine;
using System.Globalization;
using FaceVoice.Cli.Terminal;
using FaceVoice.Server;

namespace FaceVoice.Cli.Commands;

/// <summary><c>facevoice keys</c>: who may call a server.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var command = new Command("keys", "Makes and withdraws API keys of a server. The file holds hashes only; a running server takes changes within seconds.");
        command.Subcommands.Add(Add());
        command.Subcommands.Add(Remove());
        command.Subcommands.Add(List());
        return command;
    }

    private static Option<string> File() => new("--file") { Description = "The key file.", HelpName = "FILE", Required = true };

    private static Argument<string> Client() => new("CLIENT") { Description = "Who the key is for." };

    private static Command Add()
    {
        var file = File();
        var client = Client();
        var rate = new Option<double?>("--calls-per-second") { Description = "The client's limit over longer times. Default: none." };
        var concurrency = new Option<int?>("--max-calls") { Description = "The client's limit of calls at once. Default: none." };
        var days = new Option<double?>("--days") { Description = "How long the key is valid. Default: for ever." };
        var command = new Command("add", "Makes a key and writes it to stdout, this once. Earlier keys of the client stay valid: change the callers over, then 'keys remove CLIENT --id' the earlier one.") { client, file, rate, concurrency, days };
        return command.Runs((parsed, _) =>
        {
            if (parsed.GetValue(rate) <= 0 || parsed.GetValue(concurrency) <= 0 || parsed.GetValue(days) <= 0)
            {
                throw new UsageException("--calls-per-second, --max-calls and --days must be above 0.");
            }

            DateTimeOffset? expires = parsed.GetValue(days) is { } valid ? DateTimeOffset.UtcNow.AddDays(valid) : null;
            Console.WriteLine(ApiKeys.Add(parsed.GetRequiredValue(file), parsed.GetRequiredValue(client), parsed.GetValue(rate), parsed.GetValue(concurrency), expires));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Command Remove()
    {
        var file = File();
        var client = Client();
        var id = new Option<string?>("--id") { Description = "Withdraw only this key of the client, as 'keys list' shows it. Default: all of them.", HelpName = "ID" };
        var command = new Command("remove", "Withdraws keys of a client.") { client, file, id };
        return command.Runs((parsed, _) =>
        {
            var removed = ApiKeys.Remove(parsed.GetRequiredValue(file), parsed.GetRequiredValue(client), parsed.GetValue(id));
            Console.Error.WriteLine($"{removed} removed.");
            return Task.FromResult(removed > 0 ? ExitCode.Done : ExitCode.Failed);
        });
    }

    private static Command List()
    {
        var file = File();
        var command = new Command("list", "Shows the keys: client, id, and until when each is valid. The oldest of a client comes first.") { file };
        return command.Runs((parsed, _) =>
        {
            foreach (var key in ApiKeys.List(parsed.GetRequiredValue(file)))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Client}\t{key.Id}\t{(key.Expires is { } expires ? $"{expires:u}" : "for ever")}"));
            }

            return Task.FromResult(ExitCode.Done);
        });
    }
}
