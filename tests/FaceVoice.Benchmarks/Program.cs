using BenchmarkDotNet.Running;
using FaceVoice.Benchmarks.Index;
using FaceVoice.Benchmarks.Torch;

// Comparisons with other processes and libraries take turns with them, which BenchmarkDotNet cannot.
switch (args)
{
    case ["training-speed", .. var rest]:
        return TrainingSpeed.Run(rest);
    case ["index", .. var points]:
        return await IndexComparison.RunAsync(points);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
