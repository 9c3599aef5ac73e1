using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using System.Diagnostics;
using System.Globalization;
using FaceVoice.Training.Networks.Joint;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Benchmarks.Training;

/// <summary>
/// Training steps per second beside the same networks in Python on the same LibTorch, block by block in turns, so that both meet the
/// same load; and the x-vector step beside the machine's own convolution rate. Prints medians as Markdown.
/// </summary>
internal static class TrainingSpeed
{
    /// <summary>Runs it: <c>training-speed [--threads N] [--rounds N] [--device cpu|cuda] [--no-python]</c>.</summary>
    public static int Run(string[] args)
    {
        int threads = int.Parse(Option(args, "--threads", "2"), CultureInfo.InvariantCulture);
        int rounds = int.Parse(Option(args, "--rounds", "5"), CultureInfo.InvariantCulture);
        Device device = FaceVoice.Training.LibTorch.FindDevice(Option(args, "--device", "cpu"));
        set_num_threads(threads);
        manual_seed(1);
        string script = Path.Combine(AppContext.BaseDirectory, "Training", "training_speed.py");
        using PythonTwin? twin = args.Contains("--no-python") || device.type != DeviceType.CPU ? null : new PythonTwin(script, threads);
        Console.WriteLine($"LibTorch {__version__}, {device}, {threads} threads, medians of {rounds} blocks in turns");
        Console.WriteLine("| case | C# steps/s | Python steps/s | C# CPU ms/step | Python CPU ms/step |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        using TrainingCase dual = TrainingCase.DualEncoder(device);
        Compare("dual-encoder heads, batch 256", "dual", dual, twin, rounds, 20);
        using TrainingCase speaker = TrainingCase.XVector(device);
        double seconds = Compare("x-vector, 32 x 300 frames", "xvector", speaker, twin, rounds, 2);
        double rate = ConvolutionRate(device, rounds);
        Console.WriteLine($"\nx-vector step {TrainingCase.XVectorGigaflops / seconds:F1} GFLOP/s; a 512-channel convolution alone, both ways, {rate:F1} GFLOP/s: share {TrainingCase.XVectorGigaflops / seconds / rate:P0}");
        return 0;
    }

    private static double Compare(string title, string name, TrainingCase own, PythonTwin? twin, int rounds, int steps)
    {
        own.Run(2);
        twin?.Run(name, 2);
        List<(double Wall, double Cpu)> ours = [];
        List<(double Wall, double Cpu)> theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(own.Run(steps));
            if (twin is not null)
            {
                theirs.Add(twin.Run(name, steps));
            }
        }

        double wall = Median(ours.Select(time => time.Wall / steps));
        string python = twin is null ? "- |" : $"{1 / Median(theirs.Select(time => time.Wall / steps)):F2} |";
        string pythonCpu = twin is null ? "-" : $"{1e3 * Median(theirs.Select(time => time.Cpu / steps)):F1}";
        Console.WriteLine($"| {title} | {1 / wall:F2} | {python} {1e3 * Median(ours.Select(time => time.Cpu / steps)):F1} | {pythonCpu} |");
        return wall;
    }

    /// <summary>The rate of one convolution of the network's commonest size, forwards and backwards, in GFLOP/s.</summary>
    private static double ConvolutionRate(Device device, int rounds)
    {
        const double Gigaflops = 3 * 2.0 * 32 * 300 * 512 * 512 * 3 / 1e9;
        using Conv1d layer = nn.Conv1d(512, 512, 3, padding: 1).to(device);
        List<double> seconds = [];
        for (int round = 0; round < rounds + 1; round++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor input = randn([32, 512, 300], null, device, requires_grad: true);
            Tensor slope = randn([32, 512, 300], null, device);
            cuda.synchronize();
            long start = Stopwatch.GetTimestamp();
            layer.forward(input).backward([slope]);
            cuda.synchronize();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Gigaflops / Median(seconds.Skip(1));
    }

    private static string Option(string[] args, string name, string fallback)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? args[place + 1] : fallback;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
