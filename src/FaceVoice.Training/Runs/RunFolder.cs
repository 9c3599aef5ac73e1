using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace FaceVoice.Training.Runs;

/// <summary>
/// Where everything about one training run lies: <c>config.json</c> (every setting as resolved), <c>environment.json</c>,
/// <c>log.jsonl</c>, <c>split.json</c>, <c>checkpoints/</c>, <c>tensorboard/</c>.
/// </summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Root = path;

    /// <summary>Gets the folder itself.</summary>
    public string Root { get; }

    /// <summary>Gets the path of the resolved settings.</summary>
    public string ConfigFile => Path.Combine(Root, "config.json");

    /// <summary>Gets the path of the description of machine and software.</summary>
    public string EnvironmentFile => Path.Combine(Root, "environment.json");

    /// <summary>Gets the path of the log.</summary>
    public string LogFile => Path.Combine(Root, "log.jsonl");

    /// <summary>Gets the path of the stored split of identities.</summary>
    public string SplitFile => Path.Combine(Root, "split.json");

    /// <summary>Gets the folder of the checkpoints.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Gets the default folder of the event files.</summary>
    public string TensorBoard => Path.Combine(Root, "tensorboard");

    /// <summary>Gets the path of the checkpoint that a resumed run goes on from.</summary>
    public string LastCheckpoint => Path.Combine(Checkpoints, "last.safetensors");

    /// <summary>Starts a run; an existing run is not overwritten.</summary>
    /// <param name="path">The folder; made where it is missing.</param>
    /// <exception cref="IOException">The folder already holds a run.</exception>
    public static RunFolder Create(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        if (File.Exists(folder.LogFile))
        {
            throw new IOException($"{path} already holds a run: choose another folder, or continue that one with --resume.");
        }

        Directory.CreateDirectory(folder.Checkpoints);
        return folder;
    }

    /// <summary>Opens a run that was started before.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder holds no run.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        return File.Exists(folder.LogFile)
            ? folder
            : throw new DirectoryNotFoundException($"{path} holds no training run: it has no log.jsonl.");
    }
}

/// <summary>What a run ran on: so that a difference between two runs can be explained. Names no user, host or path.</summary>
public static class RunEnvironment
{
    /// <summary>Describes machine and software.</summary>
    /// <param name="extra">Further entries, for example the version of LibTorch.</param>
    public static JsonObject Describe(params ReadOnlySpan<(string Name, string Value)> extra)
    {
        var description = new JsonObject
        {
            ["facevoice"] = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["cores"] = Environment.ProcessorCount,
            ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        };
        foreach (var (name, value) in extra)
        {
            description[name] = value;
        }

        return description;
    }
}
