using System.Runtime.CompilerServices;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>
/// Embeds a list of files, in parallel, and writes the results in the list's order. A file that fails is named and does not stop the rest.
/// </summary>
internal sealed class EmbedRun(IFileEmbedder embedder, MediaFileList list, string commandName, TextWriter log)
{
    private static readonly int BlockSize = 4 * Environment.ProcessorCount;
    private int _failed;

    /// <summary>One line a file.</summary>
    /// <param name="path">Where to; null or <c>-</c> for standard output.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public async Task<int> WriteLinesAsync(string? path, CancellationToken cancellationToken)
    {
        using var file = path is null or MediaFile.Standard ? null : new StreamWriter(path);
        var output = file ?? Console.Out;
        await foreach (var (_, _, description) in RunAsync(cancellationToken))
        {
            await output.WriteLineAsync(CliJson.Line(description));
        }

        await output.FlushAsync(cancellationToken);
        return _failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>
    /// One array of the files that could be embedded: <c>(d,)</c> if one file was named, else <c>(n, d)</c>, and beside it a text file with
    /// the name of each
    /// row's file, one a line.
    /// </summary>
    /// <param name="path">Where to; null or <c>-</c> for standard output, which gets no names.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public async Task<int> WriteNpyAsync(string? path, CancellationToken cancellationToken)
    {
        path = path == MediaFile.Standard ? null : path;
        if (path is null && !Console.IsOutputRedirected)
        {
            throw new UsageException("an array is not for a terminal: name a file with --out, or redirect the output.");
        }

        var (values, names) = (new List<float>(), new List<string>());
        await foreach (var (file, embedding, _) in RunAsync(cancellationToken))
        {
            values.AddRange(embedding.Vector.Span);
            names.Add(file);
        }

        if (names.Count == 0)
        {
            await log.WriteLineAsync($"{commandName}: no file could be embedded; nothing was written");
            return ExitCode.Failed;
        }

        var dimension = values.Count / names.Count;
        var tensor = new NamedTensor("embedding", list.IsOne ? [dimension] : [names.Count, dimension], values.ToArray());
        if (path is null)
        {
            await using var output = Console.OpenStandardOutput();
            NpyFile.Write(output, tensor);
        }
        else
        {
            NpyFile.Write(path, tensor);
            var beside = Path.ChangeExtension(path, ".names.txt");
            await File.WriteAllLinesAsync(beside, names.Select(name => name.ReplaceLineEndings("\\n")), cancellationToken);
            var failed = _failed == 0 ? "" : $"; {_failed} failed";
            await log.WriteLineAsync($"{commandName}: {names.Count} rows in {path}, their files in {beside}{failed}");
        }

        return _failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Those that could be embedded, in the list's order; the others are named in the log and counted.</summary>
    private async IAsyncEnumerable<(string File, Embedding Embedding, object Description)> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (path, reason) in list.PassedOver)
        {
            await FailAsync(path, reason);
        }

        var done = 0;
        foreach (var block in list.Files.Chunk(BlockSize))
        {
            var results = await Task.WhenAll(block.Select(file => TryAsync(file, cancellationToken)));
            foreach (var (file, (result, error)) in block.Zip(results))
            {
                if (result is var (embedding, description, warnings))
                {
                    foreach (var warning in warnings)
                    {
                        await log.WriteLineAsync($"{commandName}: {file}: {warning}");
                    }

                    yield return (file, embedding, description);
                }
                else
                {
                    await FailAsync(file, error!);
                }
            }

            done += block.Length;
            if (!Console.IsErrorRedirected && list.Files.Count > BlockSize)
            {
                await log.WriteAsync($"\r{done}/{list.Files.Count} files{(done == list.Files.Count ? Environment.NewLine : "")}");
            }
        }
    }

    private Task FailAsync(string file, string reason)
    {
        _failed++;
        return log.WriteLineAsync($"{commandName}: {file}: {reason}");
    }

    private async Task<(EmbeddedFile? Result, string? Error)> TryAsync(string file, CancellationToken cancellationToken)
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
