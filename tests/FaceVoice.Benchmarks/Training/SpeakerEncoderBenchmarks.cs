using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Benchmarks.Training;

/// <summary>
/// Exported speaker encoders on one core: an operation is one second of audio, so that Op/s reads as audio-seconds per second per core. The ratio of
/// the baseline to a network is the share of the features in the whole.
/// </summary>
[Config(typeof(Config))]
[MemoryDiagnoser]
public class SpeakerEncoderBenchmarks
{
    private const int Seconds = 3;
    private const int Samples = Seconds * 16_000;

    private readonly float[] _waveform = new float[Samples];
    private readonly long[] _lengths = [Samples];
    private readonly Dictionary<string, OnnxSession> _sessions = [];

    /// <summary>Makes full-size networks with random weights: speed does not depend on what was learnt.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Samples; i++)
        {
            _waveform[i] = (random.NextSingle() - 0.5f) * 0.2f;
        }

        _sessions["fbank24"] = OnnxSession.Load(FeaturesOnly(24));
        _sessions["fbank80"] = OnnxSession.Load(FeaturesOnly(80));
        var none = new StateDict(new Dictionary<string, NamedTensor>());
        _sessions["xvector"] = OnnxSession.Load(SpeakerExporter.Export("xvector", RandomState(new XVectorGraph(new XVectorOptions(), none))).Onnx.ToArray());
        _sessions["ecapa"] = OnnxSession.Load(SpeakerExporter.Export("ecapa", RandomState(new EcapaGraph(new EcapaTdnnOptions(), none))).Onnx.ToArray());
    }

    /// <summary>Frees the native sessions.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }
    }

    /// <summary>Waveform to 24 mean-normalised mel bands.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Seconds)]
    public float Features24() => Run("fbank24");

    /// <summary>Waveform to 80 mean-normalised mel bands.</summary>
    [Benchmark(OperationsPerInvoke = Seconds)]
    public float Features80() => Run("fbank80");

    /// <summary>The published x-vector, 512 values.</summary>
    [Benchmark(OperationsPerInvoke = Seconds)]
    public float XVector() => Run("xvector");

    /// <summary>The published ECAPA-TDNN, 192 values.</summary>
    [Benchmark(OperationsPerInvoke = Seconds)]
    public float Ecapa() => Run("ecapa");

    private static byte[] FeaturesOnly(int bands)
    {
        var graph = new OnnxGraphBuilder("features");
        var waveform = graph.Input("waveform", TensorElement.Real32, "batch", "samples");
        var lengths = graph.Input("lengths", TensorElement.Integer64, "batch");
        graph.Output("features", FbankGraph.Build(graph, waveform, lengths, bands).Features.Value, TensorElement.Real32, "frames", bands);
        return graph.ToArray();
    }

    private static Dictionary<string, NamedTensor> RandomState(ISpeakerGraph network)
    {
        var random = new Random(2);
        return network.Requirements().ToDictionary(needed => needed.Name, needed => Fill(needed, random));
    }

    private static NamedTensor Fill(TensorRequirement needed, Random random)
    {
        var values = new float[needed.Shape.Aggregate(1L, (product, size) => product * size)];
        var spread = needed.Shape.Length > 1 ? Math.Sqrt((double)needed.Shape[0] / values.Length) : 0.1;
        var centre = needed.Shape.Length > 1 ? 0 : 1;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(centre + (spread * ((2 * random.NextDouble()) - 1)));
        }

        return new NamedTensor(needed.Name, needed.Shape, values);
    }

    private float Run(string name)
    {
        using var result = _sessions[name].Run(new OnnxInput("waveform", _waveform, 1, Samples), new OnnxInput("lengths", _lengths, 1));
        return result.Floats(0)[0];
    }

    private sealed class Config : ManualConfig
    {
        public Config() => AddColumn(StatisticColumn.OperationsPerSecond);
    }
}
