using System.Diagnostics;
using System.Globalization;

namespace FaceVoice.Benchmarks.Training;

/// <summary>The process that trains the same networks in Python, on the LibTorch of Debian's python3-torch.</summary>
internal sealed class PythonTwin : IDisposable
{
    private readonly Process _process;

    public PythonTwin(string script, int threads)
    {
        ProcessStartInfo start = new("/usr/bin/python3", [script, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // as the binding sets it for itself
        _process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start");
    }

    /// <summary>Takes training steps there; gives wall and processor seconds.</summary>
    public (double Wall, double Cpu) Run(string name, int steps)
    {
        _process.StandardInput.WriteLine($"{name} {steps}");
        _process.StandardInput.Flush();
        string[] answer = (_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("python3 ended; is python3-torch installed?")).Split();
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
