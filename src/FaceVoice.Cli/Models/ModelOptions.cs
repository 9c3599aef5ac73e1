using System.CommandLine;

namespace FaceVoice.Cli.Models;

/// <summary>The option that names a model, the same in every command.</summary>
internal static class ModelOptions
{
    public static Option<string?> Model() => new("--model")
    {
        Description = $"Model bundle: a folder, or a name below models/. Default: {ModelDirectory.DefaultName}, or what {ModelDirectory.Variable} names.",
        HelpName = "DIR",
    };
}
