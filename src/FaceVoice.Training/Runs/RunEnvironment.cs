using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace FaceVoice.Training.Runs;

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
