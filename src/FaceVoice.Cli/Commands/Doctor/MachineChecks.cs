using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Cli.Models;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;
using FaceVoice.Training;

namespace FaceVoice.Cli.Commands.Doctor;

/// <summary>Looks at everything that the tool needs on a machine.</summary>
internal static class MachineChecks
{
    private const long LowMemory = 1L << 30;

    public static IEnumerable<MachineCheck> Run()
    {
        yield return System();
        yield return Processor();
        yield return Memory();
        yield return Ffmpeg();
        yield return OnnxRuntime();
        yield return LibTorch();
        yield return Gpu();
        yield return Temporary();
        foreach (var path in new[] { FaceModels.Detector, FaceModels.Landmarks, FaceModels.Encoder, FaceModels.Descriptor, SpeechModels.Activity })
        {
            yield return Packaged(path);
        }

        yield return Bundle();
    }

    private static MachineCheck System() =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? new("system", MachineCheck.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}")
            : new("system", MachineCheck.Failed, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}", "The native parts are for x64 Linux; nothing that sees or hears will work.");

    private static MachineCheck Processor()
    {
        (string Name, bool Has)[] features = [("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported), ("AVX-VNNI", AvxVnni.IsSupported)];
        var found = $"{Environment.ProcessorCount} cores, {string.Join(", ", features.Where(feature => feature.Has).Select(feature => feature.Name))}";
        return Avx2.IsSupported
            ? new("processor", MachineCheck.Ok, found)
            : new("processor", MachineCheck.Warning, found, "Without AVX2 the networks run several times slower.");
    }

    private static MachineCheck Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var found = string.Create(CultureInfo.InvariantCulture, $"{total / (double)(1 << 30):F1} GiB for this process");
        return total >= LowMemory
            ? new("memory", MachineCheck.Ok, found)
            : new("memory", MachineCheck.Warning, found, "Serving wants 1 GiB or more, training 4 GiB or more.");
    }

    private static MachineCheck Ffmpeg()
    {
        try
        {
            var programs = FfmpegPrograms.Locate();
            return programs.HasOwnNetwork
                ? new("ffmpeg", MachineCheck.Ok, $"{programs.Version}, runs without network")
                : new("ffmpeg", MachineCheck.Warning, $"{programs.Version}", "It cannot be cut off from the network here (unshare is missing or not allowed); its protocols are still limited to files and pipes.");
        }
        catch (FfmpegUnavailableException error)
        {
            return new("ffmpeg", MachineCheck.Failed, "none", error.Message + " Without it only WAV files are read, and no video.");
        }
    }

    private static MachineCheck OnnxRuntime()
    {
        try
        {
            var device = CudaSupport.Missing is { } missing ? $"on the processor; for CUDA is missing: {missing}" : $"on {CudaSupport.Device}";
            return new("onnxruntime", MachineCheck.Ok, $"{OnnxRuntimeEnvironment.Version}, {device}");
        }
        catch (OnnxModelException error)
        {
            return new("onnxruntime", MachineCheck.Failed, "none", error.Message);
        }
    }

    private static MachineCheck LibTorch()
    {
        try
        {
            FaceVoice.Training.LibTorch.Load();
            return new("libtorch", MachineCheck.Ok, FaceVoice.Training.LibTorch.Version);
        }
        catch (TorchUnavailableException error)
        {
            return new("libtorch", MachineCheck.Warning, "none", error.Message + " Serving works without it, training does not.");
        }
    }

    private static MachineCheck Gpu()
    {
        const string Driver = "/proc/driver/nvidia/version";
        if (!File.Exists(Driver))
        {
            return new("gpu", MachineCheck.Ok, "none: everything runs on the processor");
        }

        var version = File.ReadLines(Driver).FirstOrDefault() ?? "unknown driver";
        try
        {
            FaceVoice.Training.LibTorch.FindDevice("cuda");
            return new("gpu", MachineCheck.Ok, version);
        }
        catch (DeviceUnavailableException error)
        {
            return new("gpu", MachineCheck.Warning, version, error.Message);
        }
        catch (TorchUnavailableException)
        {
            return new("gpu", MachineCheck.Warning, version, "Without LibTorch nothing uses it.");
        }
    }

    private static MachineCheck Temporary()
    {
        try
        {
            using var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return new("temporary folder", MachineCheck.Ok, Path.GetTempPath());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new("temporary folder", MachineCheck.Failed, Path.GetTempPath(), $"{error.Message} Set TMPDIR to a folder that can be written to.");
        }
    }

    private static MachineCheck Packaged(string path) =>
        File.Exists(path)
            ? new(Path.GetFileNameWithoutExtension(path), MachineCheck.Ok, $"{path}: {GraphCleaner.Inspect(path)?.ToString() ?? "run as it is"}")
            : new(Path.GetFileNameWithoutExtension(path), MachineCheck.Failed, "none", $"{path} is missing: run tools/setup, or set {PackagedModels.FolderVariable}.");

    private static MachineCheck Bundle()
    {
        if (ModelDirectory.Find(null) is not { } folder)
        {
            return new("model bundle", MachineCheck.Warning, "none", $"No default model: name one with --model or {ModelDirectory.Variable}; 'facevoice train' makes one.");
        }

        try
        {
            var bundle = ModelBundle.Open(folder);
            return new("model bundle", MachineCheck.Ok, $"{bundle.Manifest.Name} {bundle.ModelId[..16]} in {folder}");
        }
        catch (ModelFormatException error)
        {
            return new("model bundle", MachineCheck.Failed, folder, error.Message);
        }
    }
}
