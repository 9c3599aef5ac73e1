using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index rekey</c>: writes an index anew under other keys; no media are needed.</summary>
internal static class IndexRekeyCommand
{
    public static Command Create()
    {
        var key = new Option<string?>("--new-key-file") { Description = "File with the base64 key to encrypt under from now on.", HelpName = "FILE" };
        var template = new Option<string?>("--new-template-key-file") { Description = "File with the base64 key to rotate vectors with from now on.", HelpName = "FILE" };
        var plain = new Option<bool>("--no-encryption") { Description = "Store the files in plain form from now on." };
        var unrotated = new Option<bool>("--no-template-key") { Description = "Store vectors as they are from now on." };
        var command = new Command("rekey", "Writes the index anew under other keys. A key that is not mentioned stays. Make one with 'openssl rand -base64 32 > FILE'.") { key, template, plain, unrotated };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            if ((parsed.GetValue(key) is not null && parsed.GetValue(plain)) || (parsed.GetValue(template) is not null && parsed.GetValue(unrotated)))
            {
                throw new UsageException("a new key and none at all exclude each other.");
            }

            var old = place.EmbeddedOptions(parsed);
            var encryption = parsed.GetValue(plain) ? null : IndexPlace.ReadKey(parsed.GetValue(key), null) ?? old.EncryptionKey;
            var rotation = parsed.GetValue(unrotated) ? null : IndexPlace.ReadKey(parsed.GetValue(template), null) ?? old.TemplateKey;
            await using var store = await place.OpenEmbeddedAsync(parsed, cancellationToken);
            await store.RekeyAsync(encryption, rotation, cancellationToken);
            return ExitCode.Done;
        });
    }
}
