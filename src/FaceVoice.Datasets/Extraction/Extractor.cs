using System.Diagnostics;
using FaceVoice.Datasets.Sources;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// Cuts aligned faces and voiced clips out of videos into a data set folder. One run at a time and folder; memory is bounded whatever the
/// length and number of the sources.
/// </summary>
/// <remarks>
/// Of each source the person who is seen most is kept. Whether that person is the one who speaks is not examined: sources should show one
/// talking person. If two people seem to speak, the source gets a warning and its samples a mark. A source that fails is recorded with its
/// reason and stops nothing. A killed run is continued exactly: finished sources are kept, unfinished ones begin anew.
/// </remarks>
public sealed class Extractor : IDisposable
{
    private const int MostFacesPerFrame = 8;
    private readonly ExtractionOptions _options;
    private readonly TimeProvider _time;
    private readonly FaceAnalyzer _analyzer;
    private readonly FaceEncoder _encoder;
    private readonly FaceAttributeEstimator _attributes;
    private readonly VoiceActivityDetector _detector;
    private readonly SourceExtractor _sources;

    /// <summary>Loads the networks.</summary>
    /// <param name="options">What is cut out.</param>
    /// <param name="limits">What media may ask for.</param>
    /// <param name="time">The clock of the report.</param>
    /// <param name="device">Where faces are encoded.</param>
    /// <param name="speaker">
    /// Tells whether the clips of a source sound like one person; null looks for no second voice in turn. Not disposed here.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="OnnxModelException">A model is missing or is another model.</exception>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used.</exception>
    public Extractor(
        ExtractionOptions options,
        MediaLimits limits,
        TimeProvider time,
        ExecutionDevice device = ExecutionDevice.Cpu,
        SpeakerEncoder? speaker = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, _time) = (options, time);
        _analyzer = new FaceAnalyzer(new FaceAnalyzerOptions { MaxFaces = MostFacesPerFrame });
        _encoder = new FaceEncoder(new FaceEncoderOptions { Device = device });
        _attributes = new FaceAttributeEstimator(device: device);
        _detector = new VoiceActivityDetector();
        _sources = new SourceExtractor(
            options,
            new FaceCollector(options, limits, new FaceReader(_analyzer, _encoder), _encoder),
            new VoiceCollector(options, limits, _detector, speaker),
            _attributes);
    }

    /// <summary>Gets where faces are encoded: never <see cref="ExecutionDevice.Auto"/>.</summary>
    public ExecutionDevice Device => _encoder.Device;

    /// <summary>Extracts the sources that are not done yet and writes the manifest, also when it is cancelled.</summary>
    /// <param name="sources">The whole list; the shard's part of it is done.</param>
    /// <param name="outputFolder">The data set's folder.</param>
    /// <param name="run">How to go about it.</param>
    /// <param name="progress">Hears of each finished source, from any thread.</param>
    /// <param name="cancellationToken">Stops; what is finished stays.</param>
    /// <exception cref="IOException">The folder holds another data set, is in use, or cannot be written.</exception>
    /// <exception cref="FfmpegUnavailableException">FFmpeg is missing.</exception>
    public async Task<ExtractionReport> RunAsync(
        IReadOnlyList<ExtractionSource> sources,
        string outputFolder,
        ExtractionRunOptions run,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        ArgumentNullException.ThrowIfNull(run);
        var started = _time.GetTimestamp();
        using var folder = ExtractionFolder.Open(Path.GetFullPath(outputFolder), _options, run.Shard, run.Resume);
        var ours = sources.Where(source => run.Shard.Contains(source.Id)).ToList();
        RequireSamePeople(folder, ours);
        var pending = ours.Where(source => !folder.IsDone(source) && (run.RetryFailed || !folder.HasFailed(source))).ToList();
        var tally = new Tally(ours.Count, ours.Count - pending.Count, progress);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = run.Jobs, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(pending, parallel, (source, token) => new(ExtractOneAsync(source, folder, tally, token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            folder.WriteManifest();
            throw;
        }

        return Report(folder, ours.Count, ours.Count - pending.Count, tally.MediaSeconds, _time.GetElapsedTime(started));
    }

    /// <summary>Frees the networks. No run may be under way.</summary>
    public void Dispose()
    {
        _analyzer.Dispose();
        _encoder.Dispose();
        _attributes.Dispose();
        _detector.Dispose();
    }

    /// <summary>A folder in which half of the sources follow one rule and half another would hold one person under two names.</summary>
    private static void RequireSamePeople(ExtractionFolder folder, List<ExtractionSource> sources)
    {
        foreach (var source in sources)
        {
            if (folder.IdentityOf(source) is { } before && before != source.Identity.Person)
            {
                throw new IOException(
                    $"This folder was begun with other people: {source.Name} was taken for {before}, and is now taken for {source.Identity.Person}. "
                    + "Name the part of the path that was the person with --identity-regex, or extract into another folder.");
            }
        }
    }

    private async Task ExtractOneAsync(ExtractionSource source, ExtractionFolder folder, Tally tally, CancellationToken cancellationToken)
    {
        try
        {
            var seconds = await _sources.ExtractAsync(source, folder, cancellationToken).ConfigureAwait(false);
            tally.Finish(source, seconds, failed: false);
        }
        catch (Exception error) when (IsOfThisSource(error))
        {
            folder.Clear(source);
            folder.Fail(source, new ExtractionFailure(source.Name, error.Message));
            tally.Finish(source, seconds: 0, failed: true);
        }
    }

    /// <summary>A file that vanished or may not be read is the source's own trouble; a full disk is not.</summary>
    private static bool IsOfThisSource(Exception error) => error
        is InvalidMediaException or UnusableSourceException or NonFiniteOutputException or FileNotFoundException or UnauthorizedAccessException;

    private static ExtractionReport Report(ExtractionFolder folder, int sources, int doneBefore, double mediaSeconds, TimeSpan elapsed)
    {
        var (records, samples) = folder.WriteManifest();
        return new ExtractionReport
        {
            Sources = sources,
            DoneBefore = doneBefore,
            Samples = samples,
            Faces = records.Sum(record => record.Faces),
            Voices = records.Sum(record => record.Voices),
            Identities = records.Select(record => record.Identity).Distinct(StringComparer.Ordinal).Count(),
            SourcesWithOthers = records.Count(record => record.People > 1),
            OtherPeople = records.Sum(record => record.People - 1),
            MediaSeconds = Math.Round(mediaSeconds, 3),
            WallSeconds = Math.Round(elapsed.TotalSeconds, 3),
            Manifest = folder.ManifestPath,
            Warnings = [.. records.SelectMany(record => (record.Warnings ?? []).Select(warning => new ExtractionWarning(record.Source, warning)))],
            Failed = folder.ReadFailures(),
        };
    }

    /// <summary>Counts finished sources from many threads.</summary>
    private sealed class Tally(int total, int finished, IProgress<ExtractionProgress>? progress)
    {
        private readonly Lock _gate = new();
        private int _finished = finished;
        private int _failed;

        public double MediaSeconds { get; private set; }

        public void Finish(ExtractionSource source, double seconds, bool failed)
        {
            lock (_gate)
            {
                MediaSeconds += seconds;
                _failed += failed ? 1 : 0;
                progress?.Report(new ExtractionProgress(++_finished, total, _failed, source.Name));
            }
        }
    }
}
