using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FaceVoice.Datasets.Sources;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker.Audio;

/// <summary>
/// Fills a folder with decoded audio: <c>audio.i16</c> (samples end to end), <c>spans.jsonl</c> (source hash to place) and <c>files.jsonl</c>
/// (path, length and time to source hash). A recording is known by the SHA-256 of its file, so moving a data set decodes nothing again.
/// Broken off, it continues where it was: a span is written only after its samples.
/// </summary>
/// <param name="folder">The cache folder; made where absent.</param>
/// <param name="decode">Decodes one file.</param>
/// <param name="isUndecodable">Tells errors that belong to one file (it is named and skipped) from those that stop everything.</param>
public sealed class AudioCacheBuilder(string folder, AudioDecode decode, Func<Exception, bool> isUndecodable)
{
    private readonly string _samplesPath = Path.Combine(folder, "audio.i16");
    private readonly string _spansPath = Path.Combine(folder, "spans.jsonl");
    private readonly string _filesPath = Path.Combine(folder, "files.jsonl");

    /// <summary>Decodes what the cache lacks, several files at a time, and opens it in the order of the data set.</summary>
    /// <param name="dataset">The recordings.</param>
    /// <param name="parallelism">Files decoded at a time.</param>
    /// <param name="progress">Told after every recording; null for nobody.</param>
    /// <param name="cancellationToken">Stops early; what was decoded stays.</param>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<AudioCache> BuildAsync(
        SpeakerDataset dataset, int parallelism, IProgress<CacheProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Directory.CreateDirectory(folder);
        var stamps = ReadLines<FileStamp>(_filesPath).LastByKey(s => s.Path);
        var spans = ReadLines<CachedSpan>(_spansPath).LastByKey(s => s.Sha256);
        var result = new CachedSpan[dataset.Utterances.Count];

        using (var writer = new Writer(_samplesPath, _spansPath, _filesPath, spans))
        {
            var (done, failed) = (0, 0);
            await Parallel.ForAsync(0, result.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var path = dataset.Utterances[i].Path;
                (result[i], var reason) = await FindOrDecodeAsync(path, stamps, writer, token).ConfigureAwait(false);
                if (reason is not null)
                {
                    Interlocked.Increment(ref failed);
                }

                progress?.Report(new(Interlocked.Increment(ref done), result.Length, failed)
                {
                    Undecodable = reason is null ? null : $"{path}: {reason}",
                });
            }).ConfigureAwait(false);
        }

        return new AudioCache(_samplesPath, result);
    }

    /// <summary>The recording's place in the cache, without samples and with the reason if it cannot be decoded.</summary>
    private async Task<(CachedSpan Span, string? Reason)> FindOrDecodeAsync(
        string path, Dictionary<string, FileStamp> stamps, Writer writer, CancellationToken cancellationToken)
    {
        var search = new FileSearch();
        if (search.Expand([path], deep: false) is not [var file] || file != path)
        {
            return (new("", 0, 0), search.PassedOver.Count > 0 ? search.PassedOver[0].Reason : "it is a folder");
        }

        var info = new FileInfo(path);
        if (!stamps.TryGetValue(path, out var stamp) || stamp.Bytes != info.Length || stamp.Modified != info.LastWriteTimeUtc.Ticks)
        {
            var stream = File.OpenRead(path);
            await using (stream.ConfigureAwait(false))
            {
                var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
                stamp = new(path, info.Length, info.LastWriteTimeUtc.Ticks, Convert.ToHexStringLower(hash));
            }

            writer.Add(stamp);
        }

        if (writer.Find(stamp.Sha256) is { } known)
        {
            return (known, known.Samples == 0 ? "it could not be decoded before, and has not changed" : null);
        }

        try
        {
            var samples = await decode(path, cancellationToken).ConfigureAwait(false);
            return (writer.Add(stamp.Sha256, samples.Span), samples.IsEmpty ? "it holds no audio" : null);
        }
        catch (Exception error) when (isUndecodable(error))
        {
            return (writer.Add(stamp.Sha256, []), error.Message);
        }
    }

    private static IEnumerable<T> ReadLines<T>(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        var type = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)AudioCacheJson.Default.GetTypeInfo(typeof(T))!;
        foreach (var line in File.ReadLines(path))
        {
            if (line.EndsWith('}'))
            {
                // A last line that was cut by a crash is no complete object; its recording is decoded again.
                yield return JsonSerializer.Deserialize(line, type)!;
            }
        }
    }

    /// <summary>Appends to the three files, one recording at a time.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, CachedSpan> _spans;
        private readonly FileStream _samples;
        private readonly StreamWriter _spanLines;
        private readonly StreamWriter _fileLines;

        public Writer(string samplesPath, string spansPath, string filesPath, Dictionary<string, CachedSpan> spans)
        {
            _spans = spans;
            _samples = new FileStream(samplesPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            var used = spans.Count == 0 ? 0 : spans.Values.Max(s => s.Offset + s.Samples);
            foreach (var lost in spans.Values.Where(s => (s.Offset + s.Samples) * sizeof(short) > _samples.Length).ToArray())
            {
                spans.Remove(lost.Sha256);
            }

            _samples.Position = Math.Min(used * sizeof(short), _samples.Length / sizeof(short) * sizeof(short));
            _spanLines = Append(spansPath);
            _fileLines = Append(filesPath);
        }

        public CachedSpan? Find(string sha256)
        {
            lock (_lock)
            {
                return _spans.GetValueOrDefault(sha256);
            }
        }

        public void Add(FileStamp stamp)
        {
            lock (_lock)
            {
                _fileLines.WriteLine(JsonSerializer.Serialize(stamp, AudioCacheJson.Default.FileStamp));
            }
        }

        public CachedSpan Add(string sha256, ReadOnlySpan<float> samples)
        {
            var pcm = AudioCache.ToPcm(samples);
            lock (_lock)
            {
                if (_spans.TryGetValue(sha256, out var known))
                {
                    return known;
                }

                var span = new CachedSpan(sha256, _samples.Position / sizeof(short), samples.Length);
                _samples.Write(pcm);
                _spanLines.WriteLine(JsonSerializer.Serialize(span, AudioCacheJson.Default.CachedSpan));
                _spans.Add(sha256, span);
                return span;
            }
        }

        public void Dispose()
        {
            _samples.Flush(flushToDisk: true);
            _samples.Dispose();
            _spanLines.Dispose();
            _fileLines.Dispose();
        }

        private static StreamWriter Append(string path)
        {
            EndLine(path);
            return new(path, append: true, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        }

        /// <summary>Closes a line that a crash cut off, so that the next one starts afresh.</summary>
        private static void EndLine(string path)
        {
            using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
            if (stream.Length > 0)
            {
                stream.Position = stream.Length - 1;
                if (stream.ReadByte() != '\n')
                {
                    stream.WriteByte((byte)'\n');
                }
            }
        }
    }
}

/// <summary>Decodes one file to mono samples at 16 kHz in [-1, 1].</summary>
/// <param name="path">The file.</param>
/// <param name="cancellationToken">Stops the decoding.</param>
public delegate Task<ReadOnlyMemory<float>> AudioDecode(string path, CancellationToken cancellationToken);

/// <summary>How far the decoding is.</summary>
/// <param name="Done">Recordings that are in the cache or could not be decoded.</param>
/// <param name="Total">All recordings.</param>
/// <param name="Failed">Recordings that could not be decoded so far.</param>
public readonly record struct CacheProgress(int Done, int Total, int Failed)
{
    /// <summary>Gets the path of the recording that was done, and why it could not be decoded; null if it could be.</summary>
    public string? Undecodable { get; init; }
}

/// <summary>Dictionaries of append-only logs, where a later line replaces an earlier one.</summary>
internal static class LastWins
{
    public static Dictionary<string, T> LastByKey<T>(this IEnumerable<T> items, Func<T, string> key)
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            found[key(item)] = item;
        }

        return found;
    }
}
