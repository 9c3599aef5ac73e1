using System.Reflection;
using System.Runtime.InteropServices;

namespace FaceVoice.Torch.Interop;

/// <summary>Finds the shim, sets the native environment it needs, and says which part is missing when it cannot be loaded.</summary>
internal static partial class NativeLibraryLoader
{
    public const string ShimName = "facevoice_torch";

    /// <summary>Names a shim to load instead of the one beside the application.</summary>
    public const string OverrideVariable = "FACEVOICE_TORCH_SHIM";

    private const string FileName = $"lib{ShimName}.so";

    public static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    /// <summary>The places where the shim is looked for, best first.</summary>
    internal static IEnumerable<string> Candidates(string? overridePath, string applicationFolder)
    {
        if (!string.IsNullOrEmpty(overridePath))
        {
            yield return overridePath;
            yield break;
        }

        yield return Path.Combine(applicationFolder, FileName);
        yield return Path.Combine(applicationFolder, "runtimes", "linux-x64", "native", FileName);
    }

    /// <summary>Loads the first candidate that exists.</summary>
    /// <exception cref="TorchUnavailableException">None exists, or the one that does cannot be loaded.</exception>
    internal static nint Load(IReadOnlyList<string> candidates)
    {
        string? shim = candidates.FirstOrDefault(File.Exists);
        if (shim is null)
        {
            throw new TorchUnavailableException(
                $"The LibTorch shim was not built ({candidates[^1]} does not exist). "
                + "Install LibTorch's headers and a compiler (Debian/Ubuntu: apt-get install libtorch-dev g++) and build again.");
        }

        try
        {
            return NativeLibrary.Load(shim);
        }
        catch (DllNotFoundException exception)
        {
            throw new TorchUnavailableException(
                $"LibTorch could not be loaded: {Reason(exception.Message, shim)} "
                + "Install it (Debian/Ubuntu: apt-get install libtorch-dev), or build again if it was replaced by another version.",
                exception);
        }
        catch (BadImageFormatException exception)
        {
            throw new TorchUnavailableException($"LibTorch could not be loaded: {shim} is no library for this machine.", exception);
        }
    }

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (libraryName != ShimName)
        {
            return 0;
        }

        // A waiting OpenMP thread that spins takes the core from the one that works: ten times slower on a busy small machine.
        // Environment.SetEnvironmentVariable does not reach native code, and the OpenMP runtime reads its own at load.
        _ = SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
        string? overridePath = Environment.GetEnvironmentVariable(OverrideVariable);
        return Load([.. Candidates(overridePath, AppContext.BaseDirectory)]);
    }

    /// <summary>The loader's own words for what is missing, without the list of folders that were tried.</summary>
    private static string Reason(string message, string shim)
    {
        foreach (string line in message.Split('\n'))
        {
            int at = line.IndexOf(": cannot open shared object file", StringComparison.Ordinal);
            if (at > 0)
            {
                return $"{line[..at].Trim()} is missing.";
            }

            if (line.Contains("undefined symbol", StringComparison.Ordinal))
            {
                return $"it lacks what {shim} was compiled for ({line.Trim()}).";
            }
        }

        return message.Split('\n')[0];
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
