using System.Globalization;
using System.Text.RegularExpressions;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>
/// What FFmpeg says of its input while it decodes audio, at log level <c>level+info</c>: with this no second program has to read the header.
/// Everything in it is a hint from an untrusted file; what counts is what was decoded.
/// </summary>
internal sealed partial class AudioLog
{
    private const int MostTracks = 64;
    private const string Information = "[info] ";
    private readonly List<Track> _tracks = [];
    private readonly TaskCompletionSource _header = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isInput = true;

    /// <summary>One audio track, in the file's order.</summary>
    /// <param name="Stream">Its number among all streams, from 0.</param>
    /// <param name="Codec">Its codec; <c>none</c> if FFmpeg does not know it.</param>
    /// <param name="IsDefault">Whether the file marks it as the one to be heard.</param>
    internal sealed record Track(int Stream, string Codec, bool IsDefault);

    /// <summary>Gets a task that ends when the input has been described.</summary>
    public Task Header => _header.Task;

    /// <summary>Gets the audio tracks.</summary>
    public IReadOnlyList<Track> Tracks => _tracks;

    /// <summary>Gets whether there is video too, cover art apart.</summary>
    public bool HasVideo { get; private set; }

    /// <summary>Gets the length of the file, in seconds; null if the header does not say, or FFmpeg guesses.</summary>
    public double? Seconds { get; private set; }

    /// <summary>Gets where the first stream begins on the file's clock, in seconds; 0 if the header does not say.</summary>
    public double Start { get; private set; }

    /// <summary>Gets the index in <see cref="Tracks"/> of what is decoded; null before that is settled.</summary>
    public int? Chosen { get; private set; }

    /// <summary>Takes a line; true for what is no error.</summary>
    public bool Take(string line)
    {
        if (line.Contains("Estimating duration from bitrate", StringComparison.Ordinal))
        {
            Seconds = double.NaN;
        }

        if (!line.StartsWith(Information, StringComparison.Ordinal))
        {
            return line.Contains("[warning] ", StringComparison.Ordinal);
        }

        if (line.StartsWith(Information + "Output #0", StringComparison.Ordinal))
        {
            End();
        }
        else if (_isInput)
        {
            TakeInput(line);
        }

        return true;
    }

    /// <summary>Nothing more will be said.</summary>
    public void End()
    {
        _isInput = false;
        Seconds = Seconds is { } seconds && double.IsFinite(seconds) ? seconds : null;
        _header.TrySetResult();
    }

    private void TakeInput(string line)
    {
        if (DurationLine().Match(line) is { Success: true } duration && Seconds is null)
        {
            var parts = duration.Groups;
            Seconds = (Number(parts[1]) * 3_600) + (Number(parts[2]) * 60) + Number(parts[3]);
            Start = Number(parts[4]);
        }
        else if (StreamLine().Match(line) is { Success: true } stream)
        {
            var isAudio = stream.Groups[2].Value == "Audio";
            HasVideo |= !isAudio && !line.Contains("(attached pic)", StringComparison.Ordinal);
            if (isAudio && _tracks.Count < MostTracks)
            {
                _tracks.Add(new Track((int)Number(stream.Groups[1]), stream.Groups[3].Value, line.Contains("(default)", StringComparison.Ordinal)));
            }
        }
        else if (MappingLine().Match(line) is { Success: true } mapping)
        {
            var index = _tracks.FindIndex(track => track.Stream == (int)Number(mapping.Groups[1]));
            Chosen = index >= 0 ? index : null;
        }
    }

    private static double Number(Group group) =>
        double.TryParse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // Metadata, which the file's maker writes freely, is indented further.
    [GeneratedRegex(@"^\[info\]   Duration: (\d{1,4}):(\d\d):(\d\d\.\d+),(?: start: (\d+\.\d+),)?")]
    private static partial Regex DurationLine();

    [GeneratedRegex(@"^\[info\]   Stream #0:(\d{1,4})(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Audio|Video): (\w+)")]
    private static partial Regex StreamLine();

    [GeneratedRegex(@"^\[info\]   Stream #0:(\d{1,4}) -> #0:0 \(")]
    private static partial Regex MappingLine();
}
