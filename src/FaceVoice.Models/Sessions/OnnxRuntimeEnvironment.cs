using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

/// <summary>The native runtime of this process: started once, quiet, and with its telemetry off. Thread-safe.</summary>
public static partial class OnnxRuntimeEnvironment
{
    private static readonly Lazy<OrtEnv> Environment = new(Start);

    /// <summary>Gets the native runtime's version, for example <c>1.31.0</c>.</summary>
    /// <exception cref="OnnxModelException">The native library is missing or cannot be loaded.</exception>
    public static string Version => EnsureStarted().GetVersionString();

    /// <summary>Gets the execution providers that the native library has built in, the preferred first.</summary>
    /// <exception cref="OnnxModelException">The native library is missing or cannot be loaded.</exception>
    public static IReadOnlyList<string> Providers => EnsureStarted().GetAvailableProviders();

    internal static OrtEnv EnsureStarted()
    {
        try
        {
            return Environment.Value;
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new OnnxModelException(
                $"The native ONNX Runtime (libonnxruntime.so) cannot be loaded from {AppContext.BaseDirectory}: {error.GetBaseException().Message} " +
                "It needs x64 Linux with glibc 2.28 or newer; the build takes it from NuGet.",
                error);
        }
    }

    /// <summary>
    /// The native library reads this variable when it starts, and from the C environment: setting it through .NET does not reach it on Linux.
    /// Done when this assembly is loaded, so that no use of the runtime, by this project or beside it, comes before.
    /// </summary>
#pragma warning disable CA2255 // The one thing that must precede every use of the native library, whoever makes it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void DisableTelemetry()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetNativeVariable("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);
        }
    }

    private static OrtEnv Start()
    {
        var options = new EnvironmentCreationOptions { logId = "facevoice", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        var environment = OrtEnv.IsCreated ? OrtEnv.Instance() : OrtEnv.CreateInstanceWithOptions(ref options);
        environment.DisableTelemetryEvents();
        return environment;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
