using System.CommandLine;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary><c>facevoice speaker</c>: everything about the encoders that tell voices apart.</summary>
internal static class SpeakerCommand
{
    public static Command Create()
    {
        var command = new Command("speaker", "Trains, evaluates and converts speaker encoders: the networks that tell voices apart.");
        command.Subcommands.Add(SpeakerTrainCommand.Create());
        command.Subcommands.Add(SpeakerImportCommand.Create());
        command.Subcommands.Add(SpeakerExportCommand.Create());
        command.Subcommands.Add(SpeakerEvaluateCommand.Create());
        return command;
    }
}
