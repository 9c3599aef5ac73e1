using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using FaceVoice.Benchmarks.Index;
using FaceVoice.Benchmarks.Inference;
using FaceVoice.Benchmarks.Training;
using FaceVoice.Benchmarks.Versions;

// Comparisons with other processes and libraries take turns with them, which BenchmarkDotNet cannot.
switch (args)
{
    case ["training-speed", .. var rest]:
        return TrainingSpeed.Run(rest);
    case ["training-memory", .. var rest]:
        return TrainingMemory.Run(rest);
    case ["index", .. var rest]:
        return await IndexComparison.RunAsync(rest);
    case ["networks", .. var rest]:
        return NetworkSpeed.Run(rest is ["--rounds", var turns] ? int.Parse(turns, CultureInfo.InvariantCulture) : 15);
    case ["versions", .. var rest]:
        return VersionComparison.Run(rest);
    case ["templates", var vectors, var labels]:
        return TemplateLinkability.Run(vectors, labels);
    case [ResidentMemory.Verb, var folder, var count]:
        return await ResidentMemory.RunAsync(folder, int.Parse(count, CultureInfo.InvariantCulture));
}

// In this process: the projects that BenchmarkDotNet generates elsewhere cannot compile the protocol.
// TorchSharp.dll is marked as not optimised by our own build, which BenchmarkDotNet would refuse.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
    [.. args, "--inProcess"], DefaultConfig.Instance.WithOptions(ConfigOptions.DisableOptimizationsValidator));
return 0;
