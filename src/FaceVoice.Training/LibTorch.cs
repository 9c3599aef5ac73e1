using System.Globalization;
using System.Runtime.InteropServices;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks;

namespace FaceVoice.Training;

/// <summary>
/// LibTorch's native libraries, loaded once a process: call <see cref="Load"/> before the first tensor. TorchSharp would load them by
/// itself, but takes
/// what the system has where the program's own are missing, and explains failures with two pages on standard output. Thread-safe.
/// </summary>
public static partial class LibTorch
{
    /// <summary>Names a folder with a LibTorch 2.10 to use instead of the one that came with the program.</summary>
    public const string FolderVariable = "FACEVOICE_LIBTORCH";

    // What -p:TorchBackend=external -p:LibTorchFolder=DIR writes into runtimeconfig.json.
    private const string FolderSetting = "FaceVoice.LibTorchFolder";

    // What TorchSharp is built for. It tells its own version only once it is loaded, and ends the process where it cannot be.
    private const string Needed = "2.10";
    private const string Binding = "libLibTorchSharp.so";

    // In the order of loading: each finds those before it. A build for the processor alone has no libtorch_cuda.
    private static readonly string[] Libraries = ["libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so"];
    private static readonly Lazy<string?> Problem = new(TryLoad);

    /// <summary>Gets LibTorch's version, such as <c>2.10.0</c>.</summary>
    public static string Version => __version__.EndsWith(".0", StringComparison.Ordinal) ? __version__[..^2] : __version__;

    /// <summary>Loads the libraries where that was not done yet.</summary>
    /// <exception cref="TorchUnavailableException">One is missing or does not load; the message says which, and what to do.</exception>
    public static void Load()
    {
        if (Problem.Value is { } problem)
        {
            throw new TorchUnavailableException(problem);
        }
    }

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>, and makes sure that there is such a device.</summary>
    /// <param name="name">The device's name.</param>
    /// <exception cref="DeviceUnavailableException">The name is none of these, or LibTorch cannot use such a device on this machine.</exception>
    /// <exception cref="TorchUnavailableException">LibTorch cannot be loaded.</exception>
    public static Device FindDevice(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.Split(':');
        int index = 0;
        bool known = parts is ["cpu"] or ["cuda"]
            || (parts is ["cuda", _] && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        if (!known)
        {
            throw new DeviceUnavailableException($"'{name}' is no device: cpu, cuda or cuda:N is needed.");
        }

        Load();
        if (parts[0] == "cpu")
        {
            return CPU;
        }

        int count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new DeviceUnavailableException(count == 0
                ? $"There is no device {name}: LibTorch {Version} finds no CUDA device here. Train with --device cpu, or use a build with "
                    + $"-p:TorchBackend=cuda, or a CUDA build of LibTorch 2.10 named by {FolderVariable}, on a machine with an NVIDIA GPU and its driver."
                : $"There is no device {name}: LibTorch {Version} finds {count} CUDA device{(count == 1 ? "" : "s")}, numbered from 0.");
    }

    /// <summary>The first line of a loader's error that names its reason, without the list of folders that were tried.</summary>
    internal static string Reason(string message)
    {
        foreach (string line in message.Split('\n'))
        {
            int at = line.IndexOf(": cannot open shared object file", StringComparison.Ordinal);
            if (at > 0)
            {
                return $"{line[..at].Trim()} is missing.";
            }

            if (line.Contains("version `", StringComparison.Ordinal) || line.Contains("undefined symbol", StringComparison.Ordinal))
            {
                return line.Trim();
            }
        }

        return message.Split('\n')[0];
    }

    private static string? TryLoad()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "Training needs Linux on an x64 processor; everything else works without it.";
        }

        // A waiting OpenMP thread that spins takes the core from the one that works: ten times slower on a busy small machine. The OpenMP
        // runtime reads
        // this when it is loaded, and Environment.SetEnvironmentVariable does not reach native code.
        _ = SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
        KeepFreedMemory();
        string? external = Environment.GetEnvironmentVariable(FolderVariable);
        external = string.IsNullOrEmpty(external) ? AppContext.GetData(FolderSetting) as string : external;
        string[] places = NativeFolders();
        string? folder = external ?? Array.Find(places, place => File.Exists(Path.Combine(place, Libraries[0])));
        string? binding = Array.Find(places, place => File.Exists(Path.Combine(place, Binding)));
        if (folder is null || binding is null || !File.Exists(Path.Combine(folder, Libraries[0])))
        {
            return Missing(external, binding);
        }

        string? problem = Libraries.Select(name => Path.Combine(folder, name)).Where(File.Exists).Append(Path.Combine(binding, Binding))
            .Select(TryLoad).FirstOrDefault(problem => problem is not null);
        if (problem is null)
        {
            OneDnn.TryOut(Path.Combine(folder, Libraries[0]));
        }

        return problem;
    }

    /// <summary>What to do where a library is not there; nothing of TorchSharp may be asked for it.</summary>
    /// <param name="external">The folder that was named for LibTorch, or null.</param>
    /// <param name="binding">The folder of TorchSharp's binding, or null where that is missing.</param>
    internal static string Missing(string? external, string? binding) => (external, binding) switch
    {
        (_, null) => $"{Binding} is missing beside the program: build again, or restore the whole program folder.",
        (null, _) => $"LibTorch is not part of this build ({Libraries[0]} is missing): "
            + $"build with -p:TorchBackend=cpu, or name a folder with LibTorch {Needed} by {FolderVariable}.",
        _ => $"{external} holds no {Libraries[0]}: {FolderVariable} must name the folder with the libraries of LibTorch {Needed}.",
    };

    /// <summary>
    /// Makes glibc keep freed memory for the next step instead of giving it back to the system. By default each large activation is mapped anew, and
    /// clearing its pages costs more than computing it: an x-vector step spent a fifth of its time so, and fragments made the process grow
    /// without end.
    /// </summary>
    private static void KeepFreedMemory()
    {
        const int ArenasAtMost = -8;
        const int MappingsAtMost = -4;
        const int TopPad = -2;
        const int TrimThreshold = -1;
        _ = SetMallocOption(ArenasAtMost, 1);
        _ = SetMallocOption(MappingsAtMost, 0);
        _ = SetMallocOption(TrimThreshold, int.MaxValue);
        _ = SetMallocOption(TopPad, 16 << 20);
    }

    private static string? TryLoad(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return $"LibTorch cannot be loaded: {Path.GetFileName(path)}: {Reason(error.Message)}";
        }
    }

    /// <summary>Where this program's native files are: beside it, below runtimes, or where a single-file program was unpacked.</summary>
    private static string[] NativeFolders()
    {
        string listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return [.. listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), AppContext.BaseDirectory];
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}

/// <summary>
/// Training is not possible with this program on this machine: LibTorch is missing or cannot be loaded. The message says which, and what to
/// do.
/// </summary>
/// <param name="message">What is missing and how to get it.</param>
public sealed class TorchUnavailableException(string message) : Exception(message);
