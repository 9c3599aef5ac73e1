using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Cli.Tests.Commands;

[Collection("console")]
public sealed class DeviceOptionTests
{
    [Theory]
    [InlineData("embed", "face", "none.jpg")]
    [InlineData("embed", "voice", "none.wav")]
    [InlineData("extract", "none.mp4", "--out", "none")]
    [InlineData("serve", "--grpc-port", "0", "--http-port", "0")]
    public void Run_CudaThatIsNotThere_IsWrongUsageAndNamesWhatIsMissing(params string[] command)
    {
        SkipWhereCudaIs();
        var (exitCode, output, error) = ConsoleRun.Of([.. command, "--device", "cuda"]);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("CUDA 13 (libcudart.so.13", line, StringComparison.Ordinal);
        Assert.Contains("cuDNN 9 (libcudnn.so.9)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_UnknownDevice_IsWrongUsage() => Assert.Equal(2, ConsoleRun.Of("embed", "face", "none.jpg", "--device", "tpu").ExitCode);

    [Fact]
    public async Task Embed_AutoWithoutCuda_IsQuiet()
    {
        SkipWhereCudaIs();

        // As a process: native libraries write past the console of .NET. The networks are loaded before the file is looked for.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "facevoice.dll"), "embed", "face", "none.jpg", "--space", "face", "--device", "auto" })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
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

    private static void SkipWhereCudaIs() => Assert.SkipWhen(CudaSupport.Missing is null, "this machine has CUDA");
}
