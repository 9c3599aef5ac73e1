using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using FaceVoice.Datasets.Extraction;
using FaceVoice.Datasets.Sources;
using FaceVoice.Media;

namespace FaceVoice.Benchmarks.Media;

/// <summary>
/// Seconds to extract the videos of the folder that <c>FACEVOICE_BENCHMARK_VIDEOS</c> names, with one job; the line it prints gives
/// video-seconds per second. Run once per iteration: an extraction is long and steady.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 3)]
public class ExtractionBenchmarks
{
    private IReadOnlyList<ExtractionSource> _sources = [];
    private Extractor? _extractor;

    /// <summary>Lists the videos and loads the networks.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var folder = Environment.GetEnvironmentVariable("FACEVOICE_BENCHMARK_VIDEOS")
            ?? throw new InvalidOperationException("Name a folder of videos in FACEVOICE_BENCHMARK_VIDEOS.");
        _sources = SourceCatalog.Find([folder], new IdentityRule()).Sources;
        _extractor = new Extractor(new ExtractionOptions(), new MediaLimits(), TimeProvider.System);
    }

    /// <summary>Frees the networks.</summary>
    [GlobalCleanup]
    public void Cleanup() => _extractor?.Dispose();

    /// <summary>The whole list into a fresh folder.</summary>
    [Benchmark]
    public async Task<ExtractionReport> Extract()
    {
        var output = Directory.CreateTempSubdirectory("facevoice-bench-").FullName;
        try
        {
            var report = await _extractor!.RunAsync(_sources, output, new ExtractionRunOptions { Jobs = 1 });
            Console.WriteLine($"// {report.MediaSeconds / report.WallSeconds:F2} video-seconds per second");
            return report;
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }
}
