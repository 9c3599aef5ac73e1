using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using System.Diagnostics;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Joint;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Benchmarks.Training;

/// <summary>A network, its optimiser and a way to a loss: what one training step needs.</summary>
internal sealed class TrainingCase : IDisposable
{
    /// <summary>Multiplications and additions of one x-vector step (32 x 300 frames, forwards and twice that backwards), in billions.</summary>
    public const double XVectorGigaflops =
        3 * 2.0 * 32 * 300 * (24.0 * 512 * 5 + 2 * 512.0 * 512 * 3 + 512.0 * 512 + 512.0 * 1500) / 1e9;

    private readonly Module[] _modules;
    private readonly Parameter[] _parameters;
    private readonly AdamW _optimizer;
    private readonly Func<Tensor> _loss;

    private TrainingCase(Module[] modules, Func<Tensor> loss)
    {
        _modules = modules;
        _parameters = [.. modules.SelectMany(module => module.parameters())];
        _optimizer = optim.AdamW(_parameters, lr: 1e-4, weight_decay: 1e-4);
        _loss = loss;
    }

    public static TrainingCase DualEncoder(Device device)
    {
        DualEncoder model = new DualEncoder(new ProjectionHead(), new ProjectionHead()).to(device);
        return new([model], () => model.Compute(randn([256, 512], null, device), randn([256, 512], null, device)).Loss);
    }

    public static TrainingCase XVector(Device device)
    {
        XVector network = new XVector().to(device);
        OneDnn.ChooseFor(network); // as the trainer does
        Linear classifier = nn.Linear(512, 100).to(device);
        return new([network, classifier], () => nn.functional.cross_entropy(
            classifier.forward(network.forward(randn([32, 300, 24], null, device))), randint(0, 100, [32], device: device)));
    }

    /// <summary>Takes training steps; gives wall and processor seconds.</summary>
    public (double Wall, double Cpu) Run(int steps)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (int n = 0; n < steps; n++)
        {
            using DisposeScope scope = NewDisposeScope();
            _optimizer.zero_grad();
            Tensor loss = _loss();
            loss.backward();
            nn.utils.clip_grad_norm_(_parameters, 1.0);
            _optimizer.step();
            loss.ToSingle();
        }

        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Module module in _modules)
        {
            module.Dispose();
        }
    }
}
