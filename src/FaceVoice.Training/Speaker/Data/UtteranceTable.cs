using System.Text;

namespace FaceVoice.Training.Speaker.Data;

/// <summary>Reads <c>utterances.csv</c>: a header line, then one recording a line; fields may be quoted (RFC 4180, one line a record).</summary>
internal static class UtteranceTable
{
    public static List<SpeakerUtterance> Read(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        using var lines = File.ReadLines(file).GetEnumerator();
        var header = lines.MoveNext() ? Split(lines.Current.TrimStart('\uFEFF')) : [];
        var (path, speaker) = (header.IndexOf("path"), header.IndexOf("speaker"));
        if (path < 0 || speaker < 0)
        {
            throw new SpeakerDataException($"{file}: the first line names the columns, path and speaker among them; it says: {string.Join(", ", header)}");
        }

        var found = new List<SpeakerUtterance>();
        for (var line = 2; lines.MoveNext(); line++)
        {
            if (string.IsNullOrWhiteSpace(lines.Current))
            {
                continue;
            }

            var fields = Split(lines.Current);
            if (fields.Count <= Math.Max(path, speaker) || fields[path].Length == 0 || fields[speaker].Length == 0)
            {
                throw new SpeakerDataException($"{file}, line {line}: path or speaker is missing.");
            }

            found.Add(new(Path.GetFullPath(Path.Combine(folder, fields[path])), fields[speaker]));
        }

        return found.Count > 0 ? found : throw new SpeakerDataException($"{file} names no recordings.");
    }

    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString().Trim());
        return fields;
    }
}
