using FaceVoice.Cli.Terminal;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>Embeds a list of files, in parallel, and writes the results in the list's order.</summary>
internal sealed class EmbedRun(IFileEmbedder embedder, IReadOnlyList<string> files, TextWriter log)
{
    private static readonly int BlockSize = 4 * Environment.ProcessorCount;

    /// <summary>One line a file; a file that fails is named on stderr and does not stop the rest.</summary>
    public async Task<int> WriteLinesAsync(string? path, CancellationToken cancellationToken)
    {
        var failed = 0;
        using var file = path is null ? null : new StreamWriter(path);
        var output = file ?? Console.Out;
        await foreach (var (source, result, error) in RunAsync(cancellationToken))
        {
            if (error is not null)
            {
                failed++;
                await log.WriteLineAsync($"facevoice embed: {source}: {error}");
            }
            else
            {
                await output.WriteLineAsync(CliJson.Line(result!.Value.Description));
            }
        }

        await output.FlushAsync(cancellationToken);
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>One array; a file that fails stops it, as a missing row would shift those after it.</summary>
    public async Task<int> WriteNpyAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null && !Console.IsOutputRedirected)
        {
            throw new UsageException("an array is not for a terminal: name a file with --out, or redirect the output.");
        }

        var values = new List<float>();
        await foreach (var (file, result, error) in RunAsync(cancellationToken))
        {
            if (error is not null)
            {
                await log.WriteLineAsync($"facevoice embed: {file}: {error}");
                return ExitCode.Failed;
            }

            values.AddRange(result!.Value.Embedding.Vector.Span);
        }

        var dimension = values.Count / files.Count;
        var tensor = new NamedTensor("embedding", files.Count == 1 ? [dimension] : [files.Count, dimension], values.ToArray());
        if (path is not null)
        {
            NpyFile.Write(path, tensor);
        }
        else
        {
            await using var output = Console.OpenStandardOutput();
            NpyFile.Write(output, tensor);
        }

        return ExitCode.Done;
    }

    private async IAsyncEnumerable<(string File, (Embedding Embedding, object Description)? Result, string? Error)> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var block in files.Chunk(BlockSize))
        {
            var results = await Task.WhenAll(block.Select(file => TryAsync(file, cancellationToken)));
            foreach (var (file, result) in block.Zip(results))
            {
                yield return (file, result.Result, result.Error);
            }

            done += block.Length;
            if (!Console.IsErrorRedirected && files.Count > BlockSize)
            {
                await log.WriteAsync($"\r{done}/{files.Count} files{(done == files.Count ? Environment.NewLine : "")}");
            }
        }
    }

    private async Task<((Embedding Embedding, object Description)? Result, string? Error)> TryAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (await embedder.EmbedAsync(file, cancellationToken), null);
        }
        catch (Exception error) when (error is not OperationCanceledException && ForeseenErrors.Describe(error) is { } description)
        {
            return (null, description);
        }
    }
}
