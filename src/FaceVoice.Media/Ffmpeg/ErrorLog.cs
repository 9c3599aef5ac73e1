using System.Globalization;
using System.Text;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Drains a program's standard error whatever its amount, keeps the end of it, and shows each line to a listener.</summary>
/// <param name="onLine">Sees each line; true says that it was meant for the listener and is no error. Null if there is no listener.</param>
internal sealed class ErrorLog(Func<string, bool>? onLine)
{
    private const int MostLines = 40;
    private const int LongestLine = 1_000;
    private const string ProcessIdKey = "confine:pid=";
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();
    private volatile int _processId;
    private bool _isFirst = true;

    /// <summary>Gets the process, as the script names it before it becomes the program; null before that.</summary>
    public int? ProcessId => _processId > 0 ? _processId : null;

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 4096, leaveOpen: true);
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
        {
            foreach (var character in buffer.AsSpan(0, count))
            {
                Add(character);
            }
        }

        EndLine();
    }

    /// <summary>The lines that were kept; only to be called after the end.</summary>
    public override string ToString() => string.Join('\n', _lines);

    private void Add(char character)
    {
        if (character == '\n')
        {
            EndLine();
        }
        else if (_line.Length < LongestLine)
        {
            _line.Append(char.IsControl(character) ? ' ' : character);
        }
    }

    private void EndLine()
    {
        if (_line.Length == 0)
        {
            return;
        }

        var line = _line.ToString();
        _line.Clear();
        if (TakeProcessId(line) || onLine?.Invoke(line) == true)
        {
            return;
        }

        _lines.Enqueue(line);
        if (_lines.Count > MostLines)
        {
            _lines.Dequeue();
        }
    }

    /// <summary>Only the first line is the script's; whatever the program says later is not believed.</summary>
    private bool TakeProcessId(string line)
    {
        var isFirst = _isFirst;
        _isFirst = false;
        if (!isFirst || !line.StartsWith(ProcessIdKey, StringComparison.Ordinal))
        {
            return false;
        }

        _processId = int.Parse(line.AsSpan(ProcessIdKey.Length), CultureInfo.InvariantCulture);
        return true;
    }
}
