using System.Reflection;
using System.Runtime.InteropServices;

namespace FaceVoice.Media.Images;

/// <summary>Loads and confines libvips, once per process: JPEG, PNG and WebP loaders only, no operation cache, one thread per picture.</summary>
internal static class VipsRuntime
{
    private const string PathVariable = "FACEVOICE_LIBVIPS";
    private static readonly Lazy<Version> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Makes sure that the library is ready.</summary>
    /// <exception cref="ImageLibraryUnavailableException">It cannot be loaded.</exception>
    public static Version EnsureLoaded() => Loaded.Value;

    private static Version Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(VipsRuntime).Assembly, Resolve);

        // Its warnings would go to stderr, one for each damaged picture.
        _ = VipsNative.SetEnvironment("VIPS_WARNING", "0", overwrite: 1);
        if (VipsNative.Init("facevoice") != 0)
        {
            throw new ImageLibraryUnavailableException($"libvips was found but does not start: {TakeError()}.");
        }

        VipsNative.BlockUntrusted(1);
        VipsNative.BlockOperation("VipsForeignLoad", 1);
        VipsNative.BlockOperation("VipsForeignLoadJpeg", 0);
        VipsNative.BlockOperation("VipsForeignLoadPng", 0);
        VipsNative.BlockOperation("VipsForeignLoadWebp", 0);
        VipsNative.SetCacheSize(0);
        VipsNative.SetConcurrency(1);
        return new Version(VipsNative.Version(0), VipsNative.Version(1), VipsNative.Version(2));
    }

    /// <summary>The library's account of what went wrong, on one line; empties its error buffer, which is shared by all threads.</summary>
    public static string TakeError()
    {
        var text = VipsNative.CopyErrors();
        try
        {
            return string.Join("; ", (Marshal.PtrToStringUTF8(text) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        finally
        {
            VipsNative.Free(text);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != VipsNative.Library)
        {
            return 0;
        }

        foreach (var candidate in Candidates())
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new ImageLibraryUnavailableException(
            $"libvips does not load; looked for {string.Join(", ", Candidates())}. Run tools/setup and build again, or name the library in {PathVariable}.");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            return [named];
        }

        var folder = AppContext.BaseDirectory;
        return
        [
            Path.Combine(folder, "runtimes", "linux-x64", "native", "libvips-cpp.so"),
            Path.Combine(folder, "libvips-cpp.so"),
            "libvips.so.42",
        ];
    }
}
