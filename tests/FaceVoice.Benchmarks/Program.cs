using BenchmarkDotNet.Running;
using FaceVoice.Benchmarks.Torch;

// Comparisons with other processes take turns with them, which BenchmarkDotNet cannot.
if (args is ["training-speed", .. var rest])
{
    return TrainingSpeed.Run(rest);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
