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
    private readonly GradientStep _gradients;
    private readonly AdamW _optimizer;
    private readonly Func<Tensor> _loss;
    private readonly bool _updates;

    private TrainingCase(Module[] modules, Func<Tensor> loss, bool updates = true)
    {
        _modules = modules;
        Parameter[] parameters = [.. modules.SelectMany(module => module.parameters())];
        _optimizer = optim.AdamW(parameters, lr: 1e-4, weight_decay: 1e-4);
        _gradients = new([.. parameters.Select(parameter => ("", parameter))], _optimizer);
        (_loss, _updates) = (loss, updates);
    }

    public static TrainingCase DualEncoder(Device device, bool fixedInputs = false, double dropout = 0.1, bool updates = true)
    {
        ProjectionHeadOptions head = new() { Dropout = dropout };
        DualEncoder model = new DualEncoder(new ProjectionHead(head), new ProjectionHead(head)).to(device);
        Tensor Draw() => randn([256, 512], null, device);
        (Tensor faces, Tensor voices) = (Draw(), Draw());
        return new([model], () => fixedInputs ? model.Compute(faces, voices).Loss : model.Compute(Draw(), Draw()).Loss, updates);
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
            foreach (Module module in _modules)
            {
                module.zero_grad();
            }

            Tensor loss = _loss();
            loss.backward();
            if (_updates)
            {
                _gradients.Apply(Math.Sqrt(_gradients.SquaredNorms().Values.Sum()), 1.0);
            }

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
