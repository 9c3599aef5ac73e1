using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaceVoice.Benchmarks.Versions;

/// <summary>What a process and all that it started have cost.</summary>
/// <param name="Wall">Seconds by the clock.</param>
/// <param name="Cpu">Seconds of processor time, of it and of all its children.</param>
/// <param name="PeakBytes">The most memory that the process itself held, in bytes.</param>
/// <param name="Output">What it wrote to standard output.</param>
internal sealed partial record ChildUsage(double Wall, double Cpu, long PeakBytes, string Output)
{
    private const int OfChildren = -1;

    /// <summary>Runs a program to its end; nothing else of this process may have children meanwhile. Linux.</summary>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="core">The one core it may use; null for all.</param>
    /// <param name="folder">Where it runs; empty for where this process does.</param>
    /// <param name="mayFail">Whether any exit code will do.</param>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has the end of what it wrote.</exception>
    public static ChildUsage Run(IEnumerable<string> program, int? core = null, bool mayFail = false, string folder = "")
    {
        string[] line = [.. core is { } only ? ["taskset", "-c", only.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(), .. program];
        var before = CpuOfChildren();
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(50))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
        }

        process.WaitForExit();
        var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0 || mayFail
            ? new(wall, CpuOfChildren() - before, peak, output.Result)
            : throw new InvalidOperationException($"{string.Join(' ', line.Take(6))} … ended with {process.ExitCode}: {Tail(errors.Result)} {Tail(output.Result)}");
    }

    private static string Tail(string text) => text.Length <= 500 ? text : text[^500..];

    /// <summary>The most memory that a process has held so far; 0 once it has ended.</summary>
    private static long PeakOf(int id)
    {
        const string name = "VmHWM:";
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[name.Length..^"kB".Length], CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return 0; // it ended while its file was read
        }
    }

    /// <summary>Processor time of the children that have ended and of theirs, in seconds.</summary>
    private static double CpuOfChildren()
    {
        _ = GetUsage(OfChildren, out var usage);
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out ResourceUsage usage);

    /// <summary>The head of <c>struct rusage</c>; what follows is not read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
