using System.CommandLine;

namespace FaceVoice.Cli.Models;

/// <summary>The option that names a model, the same in every command.</summary>
internal static class ModelOptions
{
    public static Option<string?> Model() => new("--model")
    {
        Description = "Model bundle: a folder, a name below models/, or OWNER/NAME[@REVISION] that 'facevoice models pull' fetched. "
            + $"Default: {ModelDirectory.DefaultName}, or what {ModelDirectory.Variable} names.",
        HelpName = "DIR",
    };
}
