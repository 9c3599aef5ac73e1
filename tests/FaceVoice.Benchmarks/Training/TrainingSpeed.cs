using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using System.Diagnostics;
using System.Globalization;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Joint;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Benchmarks.Training;

/// <summary>
/// Training steps per second beside the same networks in Python on the same LibTorch, block by block in turns, so that both meet the
/// same load; and the x-vector step beside the machine's own convolution rate. Prints medians as Markdown.
/// </summary>
internal static class TrainingSpeed
{
    /// <summary>Runs it: <c>training-speed [--threads N] [--rounds N] [--device cpu|cuda] [--no-python] [--heads]</c>.</summary>
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
        HeadsParts(device, rounds);
        if (args.Contains("--heads"))
        {
            return 0;
        }

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

    /// <summary>What a heads step spends on what, each with less than the line before it, and its matrix products alone, which no step can be faster than.</summary>
    private static void HeadsParts(Device device, int rounds)
    {
        // Inputs and outputs of a head's layers; the first layer's input wants no gradient.
        (int Inputs, int Outputs)[] layers = [(512, 512), (512, 256), (256, 256)];
        const double Gigaflops = 2 * 2.0 * 256 * ((2 * 512 * 512) + (3 * 512 * 256) + (3 * 256 * 256)) / 1e9;
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = [.. layers.Select((layer, i) => randn([256, layer.Inputs], null, device, requires_grad: i > 0))];
        Tensor[] weights = [.. layers.Select(layer => randn([layer.Outputs, layer.Inputs], null, device, requires_grad: true))];
        Tensor[] slopes = [.. layers.Select(layer => randn([256, layer.Outputs], null, device))];
        using TrainingCase given = TrainingCase.DualEncoder(device, fixedInputs: true);
        using TrainingCase plain = TrainingCase.DualEncoder(device, fixedInputs: true, dropout: 0);
        using TrainingCase still = TrainingCase.DualEncoder(device, fixedInputs: true, dropout: 0, updates: false);
        // On one thread LibTorch leaves oneDNN out for convolutions of one tap, unless they are dilated, which means nothing to one tap.
        (string What, Func<double> Measure)[] parts =
        [
            ("a step with inputs that were drawn before", () => given.Run(20).Cpu / 20),
            ("and without dropout", () => plain.Run(20).Cpu / 20),
            ("and without AdamW and the gradients' norms", () => still.Run(20).Cpu / 20),
            ("its six layers' products alone (linear)", () => Layers((x, w) => nn.functional.linear(x, w))),
            ("the same as convolutions of one tap (oneDNN)", () => Convolving(() => Layers((x, w) =>
                nn.functional.conv1d(x.t().unsqueeze(0).contiguous(), w.unsqueeze(2), dilation: 2).squeeze(0).t()))),
        ];
        var times = parts.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round <= rounds; round++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                times[part].Add(1e3 * parts[part].Measure());
            }
        }

        Console.WriteLine($"\n| heads, CPU ms | |\n| --- | --- |");
        for (int part = 0; part < parts.Length; part++)
        {
            double median = Median(times[part].Skip(1));
            string rate = part < 3 ? "" : $" ({1e3 * Gigaflops / median:F0} GFLOP/s)";
            Console.WriteLine($"| {parts[part].What} | {median:F1}{rate} |");
        }

        static double Convolving(Func<double> run)
        {
            using Module layer = nn.Conv2d(512, 512, 1);
            OneDnn.ChooseFor(layer);
            try
            {
                return run();
            }
            finally
            {
                OneDnn.Reset();
            }
        }

        double Layers(Func<Tensor, Tensor, Tensor> product)
        {
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            for (int n = 0; n < 2 * 20 * layers.Length; n++)
            {
                using DisposeScope inner = NewDisposeScope();
                int layer = n % layers.Length;
                product(inputs[layer], weights[layer]).backward([slopes[layer]]);
                inputs[layer].grad = null;
                weights[layer].grad = null;
            }

            return (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / 20;
        }
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
