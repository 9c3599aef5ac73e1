using System.Diagnostics;
using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests.Processes;

/// <summary>Programs as a user starts them.</summary>
internal static class ProgramRun
{
    /// <summary><c>tools/facevoice ARGUMENTS</c>.</summary>
    public static Task<ProgramResult> FaceVoiceAsync(string[] arguments, CancellationToken cancellationToken) =>
        RunAsync(RepositoryPaths.Of("tools", "facevoice"), arguments, RepositoryPaths.Root, cancellationToken);

    /// <summary>A Node.js program that speaks gRPC through grpc-js; skips the running test where that is not installed.</summary>
    public static Task<ProgramResult> NodeClientAsync(string script, string[] arguments, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(RepositoryPaths.Of("tools", "node-client", "node_modules", "@grpc", "grpc-js")))
        {
            Assert.Skip("needs @grpc/grpc-js: run tools/foreign-clients");
        }

        return RunAsync("node", [script, .. arguments], RepositoryPaths.Root, cancellationToken);
    }

    /// <summary>Runs a program to its end; it is killed with its children where the test is cancelled.</summary>
    public static async Task<ProgramResult> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, folder);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramResult($"{Path.GetFileName(program)} {string.Join(' ', arguments)}", process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, string folder) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
