using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Media;

namespace FaceVoice.Cli.Models;

/// <summary>The options that say how the audio of a recording is chosen.</summary>
internal sealed class AudioOptions
{
    private readonly Option<int?> _track = new("--audio-track")
    {
        Description = "The audio track to read, from 1; by default the one marked as default, or the first with speech if that has none.",
        HelpName = "N",
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Refuse recordings that are shorter than their header says, instead of warning." };

    /// <summary>Adds the options to a command.</summary>
    public AudioOptions(Command command)
    {
        command.Add(_track);
        command.Add(_strict);
    }

    /// <summary>Gets the names of options that were given.</summary>
    public IEnumerable<(string Name, bool IsGiven)> Given(ParseResult parsed) =>
        [(_track.Name, parsed.GetValue(_track) is not null), (_strict.Name, parsed.GetValue(_strict))];

    /// <exception cref="UsageException">The track is not 1 or more.</exception>
    public AudioDecoderOptions Read(ParseResult parsed)
    {
        var track = parsed.GetValue(_track);
        return track is null or >= 1
            ? new AudioDecoderOptions { Track = track, Strict = parsed.GetValue(_strict) }
            : throw new UsageException($"--audio-track is {track}; tracks are counted from 1.");
    }
}
