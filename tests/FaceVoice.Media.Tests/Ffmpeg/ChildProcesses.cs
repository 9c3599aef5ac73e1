using System.Globalization;

namespace FaceVoice.Media.Tests.Ffmpeg;

/// <summary>Which descendants this process has, read from /proc; FFmpeg has its own session, but stays a child.</summary>
internal static class ChildProcesses
{
    /// <summary>The names of all living or unreaped children.</summary>
    public static IReadOnlyList<string> List()
    {
        var children = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var end = stat.LastIndexOf(')');
                var parent = int.Parse(stat.AsSpan(end + 4, stat.IndexOf(' ', end + 4) - end - 4), CultureInfo.InvariantCulture);
                if (parent == Environment.ProcessId)
                {
                    children.Add(stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end]);
                }
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }

        return children;
    }
}
