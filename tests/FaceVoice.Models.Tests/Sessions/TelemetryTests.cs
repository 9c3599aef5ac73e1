using System.Diagnostics;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.Sessions;

/// <summary>The native library must leave nothing in the home folder: it would keep a device id and a queue of reports there.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Load_InAFreshHome_LeavesItEmpty()
    {
        Assert.SkipUnless(File.Exists(RepositoryPaths.Of("third_party", "face-models", "model", "fr_feature.onnx")), "needs the native parts: tools/setup");
        var home = Directory.CreateTempSubdirectory("facevoice-home-");
        try
        {
            // This very test program, running one test that loads and runs a model.
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(typeof(TelemetryTests).Assembly.Location);
            }

            start.ArgumentList.Add("-noLogo");
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add($"{typeof(OnnxSessionTests).FullName}.{nameof(OnnxSessionTests.Load_FromMemory_IsTheSameModel)}");
            start.Environment["HOME"] = home.FullName;
            start.Environment["DOTNET_CLI_HOME"] = Path.GetTempPath();
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
            start.Environment.Remove("XDG_CACHE_HOME");
            start.Environment.Remove("ORT_DISABLE_TELEMETRY");
            using var child = Process.Start(start)!;
            var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(child.ExitCode == 0, await output);
            Assert.Contains("Total: 1", await output, StringComparison.Ordinal);
            Assert.Empty(home.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Where(entry => entry is FileInfo).Select(entry => entry.FullName));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
