using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json;
using FaceVoice.Datasets.Extraction;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.Sources;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Testing;

namespace FaceVoice.Datasets.Tests.Extraction;

/// <summary>Runs on real talking clips; the whole list is extracted once and looked at from several sides.</summary>
public sealed class ExtractorTests : IDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static (string Folder, ExtractionReport Report)? _clipsRun;
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-extract-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_RealClips_EachGivesItsPersonAndAVoice()
    {
        var (folder, report) = await ClipsAsync();

        Assert.Empty(report.Failed);
        Assert.Equal((6, 6, 0), (report.Sources, report.Identities, report.OtherPeople));
        var samples = ReadManifest(report.Manifest);
        Assert.Equal(report.Samples, samples.Select(sample => sample.Id).Distinct().Count());
        foreach (var clip in samples.GroupBy(sample => sample.Source))
        {
            Assert.Equal(5, clip.Select(sample => sample.Face).Distinct().Count());
            Assert.NotEmpty(clip.Select(sample => sample.Voice).Distinct());
        }

        var decoder = new AudioDecoder(new MediaLimits());
        foreach (var sample in samples)
        {
            using var face = new ImageDecoder(new MediaLimits()).DecodeFile(Path.Combine(folder, sample.Face!));
            Assert.Equal((112, 112), (face.Width, face.Height));
            var voice = await decoder.DecodeFileAsync(Path.Combine(folder, sample.Voice!));
            Assert.Equal(new AudioSource(16_000, 1, "pcm_s16le"), voice.Source);
            Assert.InRange(voice.Seconds, 2.9, 3.0);
            Assert.True(sample.Quality!.Voice.SpeechSeconds >= 1);
        }

        // Speakers of about twenty, each seen in the same light all through.
        var looks = samples.Select(sample => sample.Attributes!).ToList();
        Assert.All(looks, look => Assert.Contains(look.Gender, (string[])["f", "m"]));
        Assert.All(looks, look => Assert.InRange(look.GenderProbability!.Value, 0.5f, 1));
        Assert.All(looks, look => Assert.InRange(look.Age!.Value, 15, 50));
        Assert.All(looks, look => Assert.False(look.GenderDisagrees));
        Assert.Equal(2, looks.Select(look => look.Gender).Distinct().Count());
        Assert.Contains("\"gender_probability\":", await File.ReadAllTextAsync(report.Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RealClips_CropsOfOneClipAreCloserThanCropsOfTwo()
    {
        var (folder, report) = await ClipsAsync();
        using var encoder = new FaceEncoder();
        var crops = ReadManifest(report.Manifest).DistinctBy(sample => sample.Face!).Select(sample =>
        {
            using var face = new ImageDecoder(new MediaLimits()).DecodeFile(Path.Combine(folder, sample.Face!));
            return (sample.Source, Embedding: encoder.Encode(face));
        }).ToList();

        var (lowestSame, highestOther) = (1f, -1f);
        for (var i = 0; i < crops.Count; i++)
        {
            for (var j = i + 1; j < crops.Count; j++)
            {
                var cosine = TensorPrimitives.Dot<float>(crops[i].Embedding, crops[j].Embedding);
                (lowestSame, highestOther) = crops[i].Source == crops[j].Source
                    ? (Math.Min(lowestSame, cosine), highestOther)
                    : (lowestSame, Math.Max(highestOther, cosine));
            }
        }

        TestContext.Current.SendDiagnosticMessage($"same clip at least {lowestSame:F3}, different clips at most {highestOther:F3}");
        Assert.True(lowestSame > highestOther, $"same clip at least {lowestSame}, different clips at most {highestOther}");
    }

    [Fact]
    public async Task Run_VideoOnItsSideOrUpsideDownWithoutTag_GivesTheUprightFaces()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        foreach (var (name, filter) in new[] { ("0", "null"), ("90", "transpose=clock"), ("180", "hflip,vflip"), ("270", "transpose=cclock") })
        {
            Ffmpeg("-i", Clip("swiz3n.mpg"), "-vf", filter, "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac", "-metadata:s:v", "rotate=0", Path.Combine(media, name + ".mkv"));
        }

        var options = new ExtractionOptions { FacesPerVideo = 1, ClipsPerVideo = 1, FramesPerVideo = 4 };
        var report = await RunAsync(SourceCatalog.Find([media], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions(), options: options);
        Assert.Equal(3, report.Warnings.Count(warning => warning.Warning.Contains("not upright", StringComparison.Ordinal)));
        using var encoder = new FaceEncoder();
        var faces = ReadManifest(report.Manifest).ToDictionary(sample => sample.Source!, sample =>
        {
            using var face = new ImageDecoder(new MediaLimits()).DecodeFile(Path.Combine(_folder, "out", sample.Face!));
            return encoder.Encode(face);
        });
        Assert.All(faces.Values, face => Assert.InRange(TensorPrimitives.Dot<float>(faces["0.mkv"], face), 0.95f, 1.0001f));
        Assert.Equal(4, faces.Count);
    }

    [Fact]
    public async Task Run_InShards_ManifestsJoinToTheWhole()
    {
        var (_, whole) = await ClipsAsync();
        var lines = new List<string>();
        for (var index = 1; index <= 3; index++)
        {
            var report = await RunAsync(Clips(), _folder, new ExtractionRunOptions { Jobs = 2, Shard = new ExtractionShard(index, 3) });
            lines.AddRange(await File.ReadAllLinesAsync(report.Manifest, TestContext.Current.CancellationToken));
        }

        Assert.Equal((await File.ReadAllLinesAsync(whole.Manifest, TestContext.Current.CancellationToken)).Order(), lines.Order());
    }

    [Fact]
    public async Task Run_CancelledAndResumed_RedoesNothingAndEqualsTheWhole()
    {
        var (_, whole) = await ClipsAsync();
        using var cancel = new CancellationTokenSource();
        var stopper = new Reporter(_ => cancel.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync(Clips(), _folder, new ExtractionRunOptions { Jobs = 1 }, stopper, cancellationToken: cancel.Token));
        var before = Stamps();
        Assert.NotEmpty(before);

        await Assert.ThrowsAsync<IOException>(() => RunAsync(Clips(), _folder, new ExtractionRunOptions()));
        var report = await RunAsync(Clips(), _folder, new ExtractionRunOptions { Jobs = 2, Resume = true });

        Assert.InRange(report.DoneBefore, 1, 5);
        Assert.Equal(await File.ReadAllTextAsync(whole.Manifest), await File.ReadAllTextAsync(report.Manifest));
        var after = Stamps();
        var finished = Directory.GetFiles(Path.Combine(_folder, ".extract", "parts")).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.Equal(report.Faces + report.Voices, after.Count); // nothing beside what the manifest names
        Assert.True(before.Count(pair => after[pair.Key] == pair.Value) >= report.DoneBefore);
        Assert.Equal(6, finished.Count);

        await Assert.ThrowsAsync<IOException>(() =>
            RunAsync(Clips(), _folder, new ExtractionRunOptions { Resume = true }, options: new ExtractionOptions { FacesPerVideo = 3 }));
    }

    [Fact]
    public async Task Run_BrokenAmongGood_NamesEachReasonAndStopsNothing()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        File.Copy(Clip("swiz3n.mpg"), Path.Combine(media, "good.mpg"));
        File.WriteAllText(Path.Combine(media, "playlist.mp4"), "#EXTM3U\nhttp://127.0.0.1/\n");
        File.WriteAllText(Path.Combine(media, "empty.mp4"), "");
        File.WriteAllBytes(Path.Combine(media, "cut.mpg"), File.ReadAllBytes(Clip("lbax4n.mpg"))[..2_000]);
        Ffmpeg("-i", Clip("lbax4n.mpg"), "-an", "-c", "copy", Path.Combine(media, "mute.mpg"));
        Ffmpeg("-i", Clip("lbax4n.mpg"), "-af", "volume=0", "-c:v", "copy", Path.Combine(media, "silent.mpg"));
        Ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:duration=2", "-f", "lavfi", "-i", "sine=300:duration=2", Path.Combine(media, "faceless.mp4"));
        Ffmpeg("-i", Clip("lbax4n.mpg"), "-vn", Path.Combine(media, "blind.mp4"));
        File.Copy(Clip("lbax4n.mpg"), Path.Combine(media, "named.wav"));

        var report = await RunAsync(
            SourceCatalog.Find([media], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions { Jobs = 2 });

        Assert.Equal(5, report.Samples);
        var reasons = report.Failed.ToDictionary(failure => failure.Source, failure => failure.Reason);
        Assert.Equal(["blind.mp4", "cut.mpg", "empty.mp4", "faceless.mp4", "mute.mpg", "named.wav", "playlist.mp4", "silent.mpg"], reasons.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("no video", reasons["blind.mp4"], StringComparison.Ordinal);
        Assert.Contains("no audio", reasons["mute.mpg"], StringComparison.Ordinal);
        Assert.Contains("No face", reasons["faceless.mp4"], StringComparison.Ordinal);
        Assert.Contains("speech", reasons["silent.mpg"], StringComparison.Ordinal);
        Assert.Contains("playlist", reasons["playlist.mp4"], StringComparison.Ordinal);
        Assert.Contains("0 bytes", reasons["empty.mp4"], StringComparison.Ordinal);
        Assert.Contains("No image shares", reasons["named.wav"], StringComparison.Ordinal);

        var again = await RunAsync(SourceCatalog.Find([media], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions { Resume = true });
        Assert.Equal((9, 8), (again.DoneBefore, again.Failed.Count));
    }

    [Fact]
    public async Task Run_TwoVoices_AreWarnedOfAndMarked()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        var speakers = Directory.GetDirectories(ReferenceData.Media("speech", "test")).Order(StringComparer.Ordinal).ToList();
        string[] voices = [.. new[] { speakers[0], speakers[3] }.Select(Longest)];
        foreach (var (name, graph) in new[]
        {
            ("alone", "[1:a]asplit[x][y];[2:a]anullsink;[x][y]concat=n=2:v=0:a=1[a]"),
            ("in-turn", "[1:a][2:a]concat=n=2:v=0:a=1[a]"),
            ("two-channels", "[1:a][2:a]join=inputs=2:channel_layout=stereo[a]"),
        })
        {
            Ffmpeg(
                "-i", Clip("swiz3n.mpg"), "-i", voices[0], "-i", voices[1], "-filter_complex", graph, "-map", "0:v", "-map", "[a]", "-c:v", "copy", "-c:a", "pcm_s16le",
                Path.Combine(media, name + ".mkv"));
        }

        using var speaker = new SpeakerEncoder(RepositoryPaths.Of("models", "starter", "speaker.onnx"));
        var options = new ExtractionOptions { FacesPerVideo = 1, FramesPerVideo = 4 };
        var report = await RunAsync(
            SourceCatalog.Find([media], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions(), options: options, speaker: speaker);

        Assert.Empty(report.Failed);
        Assert.Contains(report.Warnings, warning => warning is { Source: "in-turn.mkv" } && warning.Warning.Contains("do not sound like one person", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning is { Source: "two-channels.mkv" } && warning.Warning.Contains("two voices", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Warnings, warning => warning.Source == "alone.mkv");
        Assert.All(ReadManifest(report.Manifest), sample => Assert.Equal(sample.Source != "alone.mkv", sample.Attributes!.VoicesDisagree ?? false));
        Assert.Contains("\"voices_disagree\":true", await File.ReadAllTextAsync(report.Manifest, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        static string Longest(string folder) =>
            Directory.GetFiles(folder).OrderByDescending(file => new FileInfo(file).Length).ThenBy(file => file, StringComparer.Ordinal).First();
    }

    [Theory]
    [InlineData("late.mp4")]
    [InlineData("late.mkv")]
    public async Task Run_AudioThatBeginsLater_CutsAndFramesAreOnOneClock(string name)
    {
        var late = Path.Combine(_folder, name);
        Ffmpeg("-i", Clip("swiz3n.mpg"), "-itsoffset", "4", "-i", Clip("swiz3n.mpg"), "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac", late);
        var report = await RunAsync(SourceCatalog.Find([late], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions());
        Assert.Empty(report.Failed);
        Assert.All(ReadManifest(report.Manifest), sample => Assert.InRange(sample.StartSeconds!.Value, 3.9, 4.2));
        Assert.All(ReadManifest(report.Manifest), sample => Assert.InRange(sample.FrameSeconds!.Value, 0, 3));
    }

    [Fact]
    public async Task Run_PreferredTrackWithoutSpeech_TakesTheFirstThatHasSome()
    {
        var two = Path.Combine(_folder, "two.mkv");
        Ffmpeg(
            "-i", Clip("swiz3n.mpg"), "-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo:d=3", "-map", "0:v", "-map", "1:a", "-map", "0:a",
            "-c:v", "copy", "-c:a", "aac", "-disposition:a:0", "default", "-disposition:a:1", "0", two);
        var sources = SourceCatalog.Find([two], new IdentityRule()).Sources;

        var report = await RunAsync(sources, Path.Combine(_folder, "out"), new ExtractionRunOptions());
        var first = await RunAsync(sources, Path.Combine(_folder, "first"), new ExtractionRunOptions(), options: new ExtractionOptions { AudioTrack = 1 });

        Assert.Equal(5, report.Samples);
        Assert.Contains("track 1 of 2 has no speech; track 2 is used", Assert.Single(report.Warnings).Warning, StringComparison.Ordinal);
        Assert.Contains("speech", Assert.Single(first.Failed).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CutOffVideo_IsTakenWithAWarningOrRefused()
    {
        var whole = Path.Combine(_folder, "whole.mp4");
        Ffmpeg("-stream_loop", "3", "-i", Clip("swiz3n.mpg"), "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac", "-movflags", "+faststart", whole);
        var cut = Path.Combine(_folder, "cut.mp4");
        File.WriteAllBytes(cut, File.ReadAllBytes(whole)[..(int)(new FileInfo(whole).Length / 2)]);
        var sources = SourceCatalog.Find([cut], new IdentityRule()).Sources;

        var report = await RunAsync(sources, Path.Combine(_folder, "out"), new ExtractionRunOptions());
        var strict = await RunAsync(sources, Path.Combine(_folder, "strict"), new ExtractionRunOptions(), options: new ExtractionOptions { Strict = true });

        Assert.NotEqual(0, report.Samples);
        Assert.Contains("promises", Assert.Single(report.Warnings).Warning, StringComparison.Ordinal);
        Assert.Contains("promises", Assert.Single(strict.Failed).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collect_LongRecordingOfSpeech_StopsWhereNothingBetterCanCome()
    {
        var path = Path.Combine(_folder, "long.wav");
        Ffmpeg("-stream_loop", "60", "-i", ReferenceData.Golden("audio", "utt_c.wav"), path);
        using var detector = new Inference.Voices.VoiceActivityDetector();
        var collector = new VoiceCollector(new ExtractionOptions { ClipsPerVideo = 1, Seconds = 1, MinSpeechSeconds = 0.5 }, new MediaLimits(), detector, speaker: null);
        var voices = await collector.CollectAsync([path], audio: null, TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.Single(voices.Cuts).Score);
        Assert.Equal(60, voices.Seconds);
    }

    [Fact]
    public async Task Run_PictureAndSoundOfOneStem_AreASource()
    {
        File.Copy(ReferenceData.Media("faces", "A000055.jpg"), Path.Combine(_folder, "someone.jpg"));
        File.Copy(ReferenceData.Golden("audio", "utt_c.wav"), Path.Combine(_folder, "someone.wav"));

        var report = await RunAsync(
            SourceCatalog.Find([_folder], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions());

        Assert.Empty(report.Failed);
        Assert.Equal(1, report.Faces);
        Assert.InRange(report.Voices, 2, 3); // 7.5 s hold two windows, or three that overlap
        Assert.All(
            ReadManifest(report.Manifest), sample => Assert.Equal(("someone", 3.0), (sample.Identity, sample.Quality!.Voice.Seconds)));
    }

    [Fact]
    public async Task Run_TwoPeopleInThePicture_KeepsOneAndCountsTheOther()
    {
        var both = Path.Combine(_folder, "both.mp4");
        Ffmpeg(
            "-i", Clip("swiz3n.mpg"), "-i", Clip("lrwp9a.mpg"), "-filter_complex", "[0:v][1:v]hstack", "-q:v", "2", "-c:v", "mpeg4", both);
        var report = await RunAsync(
            SourceCatalog.Find([both], new IdentityRule()).Sources, Path.Combine(_folder, "out"), new ExtractionRunOptions());
        Assert.Equal((1, 1, 5), (report.SourcesWithOthers, report.OtherPeople, report.Faces));
    }

    private static async Task<(string Folder, ExtractionReport Report)> ClipsAsync()
    {
        var sources = Clips();
        await Gate.WaitAsync();
        try
        {
            if (_clipsRun is null)
            {
                var folder = Directory.CreateTempSubdirectory("facevoice-extract-").FullName;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
                _clipsRun = (folder, await RunAsync(sources, folder, new ExtractionRunOptions { Jobs = 2 }));
            }

            return _clipsRun.Value;
        }
        finally
        {
            Gate.Release();
        }
    }

    private static IReadOnlyList<ExtractionSource> Clips() =>
        SourceCatalog.Find([ReferenceData.Media("clips")], new IdentityRule()).Sources;

    private static string Clip(string name) => ReferenceData.Media("clips", name);

    private static async Task<ExtractionReport> RunAsync(
        IReadOnlyList<ExtractionSource> sources,
        string folder,
        ExtractionRunOptions run,
        IProgress<ExtractionProgress>? progress = null,
        ExtractionOptions? options = null,
        SpeakerEncoder? speaker = null,
        CancellationToken cancellationToken = default)
    {
        using var extractor = new Extractor(options ?? new ExtractionOptions(), new MediaLimits(), TimeProvider.System, speaker: speaker);
        return await extractor.RunAsync(sources, folder, run, progress, cancellationToken);
    }

    private static List<MediaSample> ReadManifest(string path) =>
        [.. File.ReadAllLines(path).Select(line => JsonSerializer.Deserialize(line, ExtractionJson.Default.MediaSample)!)];

    private Dictionary<string, DateTime> Stamps() => ((string[])["faces", "voices"])
        .Select(area => Path.Combine(_folder, area)).Where(Directory.Exists)
        .SelectMany(area => Directory.EnumerateFiles(area, "*", SearchOption.AllDirectories))
        .ToDictionary(path => path, File.GetLastWriteTimeUtc);

    private static void Ffmpeg(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private sealed class Reporter(Action<ExtractionProgress> report) : IProgress<ExtractionProgress>
    {
        public void Report(ExtractionProgress value) => report(value);
    }
}
