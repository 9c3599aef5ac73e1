using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands;

[Collection("console")]
public sealed class DeviceOptionTests
{
    /// <summary>As a process, since native libraries write past the console of .NET. Before any work: what is named does not even exist, and nothing is made.</summary>
    [Theory]
    [InlineData("CUDA 13 (libcudart.so.13", "embed", "face", "none.jpg")]
    [InlineData("cuDNN 9 (libcudnn.so.9)", "embed", "voice", "none.wav")]
    [InlineData("CUDA 13 (libcudart.so.13", "extract", "none.mp4", "--out", "made")]
    [InlineData("cuDNN 9 (libcudnn.so.9)", "serve", "--grpc-port", "0", "--http-port", "0")]
    [InlineData("There is no device cuda", "train", "--features", "none", "--save-dir", "made")]
    [InlineData("There is no device cuda", "speaker", "train", "--data", "none", "--out", "made")]
    public async Task Run_CudaThatIsNotThere_IsWrongUsageInOneLine(string missing, params string[] command)
    {
        SkipWhereCudaIs();
        using var folder = new TemporaryFolder();
        var (exitCode, output, error) = await RunProcessAsync(folder.Path, [.. command, "--device", "cuda"]);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(missing, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Run_UnknownDevice_IsWrongUsage() => Assert.Equal(2, ConsoleRun.Of("embed", "face", "none.jpg", "--device", "tpu").ExitCode);

    [Fact]
    public async Task Embed_AutoWithoutCuda_IsQuiet()
    {
        SkipWhereCudaIs();

        // The networks are loaded before the file is looked for.
        using var folder = new TemporaryFolder();
        var (_, _, error) = await RunProcessAsync(folder.Path, "embed", "face", "none.jpg", "--space", "face", "--device", "auto");
        Assert.Equal(["facevoice embed face: none.jpg: there is no such file or folder"], error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Doctor_Json_SaysWhatNetworksHold()
    {
        var checks = JsonDocument.Parse(ConsoleRun.Of("doctor", "--json").Output).RootElement.GetProperty("checks").EnumerateArray();
        var encoder = checks.Single(check => check.GetProperty("name").GetString() == "fr_feature").GetProperty("found").GetString();
        Assert.EndsWith("1,190,336 weights (8,938 denormal, 195,715 tiny), 1,248 dead channels, 33 PReLU", encoder, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelsShow_Starter_SaysWhatItsNetworksHold()
    {
        var (exitCode, output, _) = ConsoleRun.Of("models", "show", "starter");
        Assert.Equal(0, exitCode);
        var speaker = JsonDocument.Parse(output).RootElement.GetProperty("networks").GetProperty("speaker.onnx");
        Assert.Equal(908_214, speaker.GetProperty("weights").GetInt64());
        Assert.Equal(0, speaker.GetProperty("denormals").GetInt32());
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunProcessAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "facevoice.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error);
    }

    private static void SkipWhereCudaIs() => Assert.SkipWhen(CudaSupport.Missing is null, "this machine has CUDA");
}
