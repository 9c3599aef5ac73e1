using System.Diagnostics;
using System.Globalization;
using FaceVoice.Media;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Commands.Speaker;

/// <summary>A training run that is killed like by a power cut, as a process of its own.</summary>
public sealed class SpeakerTrainKillTests : IDisposable
{
    private const int Steps = 90;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_BetweenCheckpoints_ResumesToTheSameWeights()
    {
        WriteSpeakers();
        Assert.Equal(0, await EndAsync(Start("unbroken")));

        using (var killed = Start("broken"))
        {
            // Step 30 is logged two steps after a checkpoint; what comes after the checkpoint must be done again.
            await WaitForAsync(Path.Combine(Run("broken"), "log.jsonl"), "\"step\":30,", killed);
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(File.Exists(Path.Combine(Run("broken"), "speaker.onnx")), "It was done before it could be killed.");
        Assert.Equal(0, await EndAsync(Start("broken", "--resume")));
        foreach (var file in new[] { "speaker.safetensors", "speaker.onnx" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Run("unbroken"), file)), File.ReadAllBytes(Path.Combine(Run("broken"), file)));
        }
    }

    private string Run(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Six voices: pulses of their own pitch, with a little noise.</summary>
    private void WriteSpeakers()
    {
        var random = new Random(3);
        for (var speaker = 0; speaker < 6; speaker++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "data", $"s{speaker}")).FullName;
            for (var recording = 0; recording < 4; recording++)
            {
                var samples = new float[19_200];
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = (i % (70 + (15 * speaker)) == 0 ? 0.5f : 0) + (0.02f * ((float)random.NextDouble() - 0.5f));
                }

                File.WriteAllBytes(Path.Combine(folder, $"{recording}.wav"), WavWriter.Encode(samples));
            }
        }
    }

    private Process Start(string name, params string[] more)
    {
        var arguments = string.Create(
            CultureInfo.InvariantCulture,
            $"speaker train --channels 4 8 --blocks 1 1 --embedding-size 16 --seconds 0.5 --batch-size 8 --steps {Steps} --validation-speakers 2 --validate-every 45 --checkpoint-every 7 --threads 1 --seed 3");
        var program = Path.Combine(AppContext.BaseDirectory, "facevoice.dll");
        string[] paths = ["--data", Path.Combine(_folder.Path, "data"), "--out", Run(name)];
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Split(' '), .. paths, .. more]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return process;
    }

    private static async Task<int> EndAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode;
        }
    }

    private static async Task WaitForAsync(string path, string text, Process process)
    {
        while (!File.Exists(path) || !await ContainsAsync(path, text))
        {
            Assert.False(process.HasExited, "The run ended early.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> ContainsAsync(string path, string text)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return (await file.ReadToEndAsync(TestContext.Current.CancellationToken)).Contains(text, StringComparison.Ordinal);
    }
}
