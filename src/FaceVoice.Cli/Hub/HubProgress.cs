using System.Diagnostics;
using System.Globalization;

namespace FaceVoice.Cli.Hub;

/// <summary>Hears how a download gets on.</summary>
internal interface IHubProgress
{
    void Report(string file, long bytes, long? total);

    void Done(string file, long bytes);

    void Note(string text);
}

/// <summary>Writes it to stderr: on a terminal one line that moves, elsewhere a line a file.</summary>
internal sealed class HubProgress : IHubProgress
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(0.2);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _last;

    public void Report(string file, long bytes, long? total)
    {
        if (_isTerminal && Stopwatch.GetElapsedTime(_last) >= Pace)
        {
            _last = Stopwatch.GetTimestamp();
            Console.Error.Write($"\r{file}: {Megabytes(bytes)}{(total is { } whole ? $" of {Megabytes(whole)}" : "")} MB ");
        }
    }

    public void Done(string file, long bytes) =>
        Console.Error.WriteLine($"{(_isTerminal ? "\r" : "")}{file}: {Megabytes(bytes)} MB, hash checked  ");

    public void Note(string text) => Console.Error.WriteLine(text);

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}
