using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Training.Runs;

/// <summary>
/// Where everything about one training run lies: <c>config.json</c> (every setting as resolved), <c>environment.json</c>,
/// <c>log.jsonl</c>, <c>split.json</c>, <c>checkpoints/</c>, <c>tensorboard/</c>.
/// </summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

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

    /// <summary>Writes a JSON file into the run, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What to write.</param>
    public static void WriteJson(string path, JsonNode content)
    {
        ArgumentNullException.ThrowIfNull(content);
        WriteAtomically(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            content.WriteTo(writer, Indented);
        });
    }

    /// <summary>
    /// Writes a file beside its place, flushes it to the disk and moves it there, so that a full disk or a killed process never
    /// leaves half a file under the real name.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk refused; the message names the file, and the old file is untouched.</exception>
    public static void WriteAtomically(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (IOException error)
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }

            throw new IOException($"Could not write {path}: {error.Message} What was saved before is untouched.", error);
        }
    }
}
