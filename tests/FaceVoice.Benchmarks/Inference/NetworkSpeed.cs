using System.Globalization;
using System.Text.Json;
using FaceVoice.Benchmarks.Index;
using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;
using FaceVoice.Testing;
using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Benchmarks.Inference;

/// <summary>
/// The packaged face networks as they are shipped and as they are run, and how far their arithmetic is from that of a plain matrix product: all by
/// ONNX Runtime, on this thread, in turns.
/// </summary>
internal static class NetworkSpeed
{
    private const int Side = 1_024; // of the matrices
    private const int Runs = 10; // of a network in a turn

    /// <summary>Runs it and prints a table in Markdown.</summary>
    /// <param name="rounds">How many turns each takes; medians are printed.</param>
    public static int Run(int rounds)
    {
        OnnxRuntimeEnvironment.DisableTelemetry();
        using var product = new Subject("matrix product", MatrixProduct());
        Console.WriteLine($"{rounds} turns, one thread, CPU time; a product of {Side}x{Side} matrices beside each");
        Console.WriteLine("| network | as shipped, ms | as run, ms | ratio | as run, GFLOP/s | matrix product, GFLOP/s | share |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var path in new[] { FaceModels.Detector, FaceModels.Landmarks, FaceModels.Encoder })
        {
            var file = File.ReadAllBytes(path);
            using var shipped = new Subject(Path.GetFileName(path), file);
            using var cleaned = new Subject(Path.GetFileName(path), GraphCleaner.Clean(file, rewrite: true));
            var turns = Enumerable.Range(0, rounds)
                .Select(_ => (Shipped: shipped.Measure(Runs), Now: cleaned.Measure(Runs), Product: product.Measure(1)))
                .ToList();
            var before = Median(turns.Select(turn => turn.Shipped));
            var ratio = Median(turns.Select(turn => turn.Shipped / turn.Now));
            var now = Median(turns.Select(turn => turn.Now));
            var (rate, peak) = (cleaned.Operations / now / 1e6, product.Operations / Median(turns.Select(turn => turn.Product)) / 1e6);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {shipped.Name} | {before:F2} | {now:F2} | {ratio:F1} | {rate:F0} | {peak:F0} | {100 * rate / peak:F0} % |"));
        }

        return 0;
    }

    private static byte[] MatrixProduct()
    {
        var random = new Random(1);
        var graph = new OnnxGraphBuilder("product");
        var left = graph.Input("left", TensorElement.Real32, Side, Side);
        var weights = new float[Side * Side];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = random.NextSingle() - 0.5f;
        }

        var right = graph.Initializer(new NamedTensor("right", [Side, Side], weights));
        graph.Output("product", graph.Add("MatMul", [left, right]), TensorElement.Real32, Side, Side);
        return graph.ToArray();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>A network with the arithmetic that one run of it takes, as ONNX Runtime's own profile tells it.</summary>
    private sealed class Subject : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly List<NamedOnnxValue> _inputs;

        public Subject(string name, byte[] model)
        {
            Name = name;
            using var folder = new TemporaryFolder();
            using (var options = Options())
            {
                options.ProfileOutputPathPrefix = Path.Combine(folder.Path, "profile"); // before the next: it is ignored after it
                options.EnableProfiling = true;
                using var profiled = new InferenceSession(model, options);
                profiled.Run(InputsOf(profiled)).Dispose();
                Operations = OperationsOf(profiled.EndProfiling());
            }

            using var plain = Options();
            _session = new InferenceSession(model, plain);
            _inputs = InputsOf(_session);
            Measure(Runs);
        }

        public string Name { get; }

        /// <summary>Gets the multiplications and additions of a run.</summary>
        public double Operations { get; }

        /// <summary>Milliseconds of processor time a run.</summary>
        public double Measure(int runs)
        {
            var before = ThreadClock.Milliseconds;
            for (var i = 0; i < runs; i++)
            {
                _session.Run(_inputs).Dispose();
            }

            return (ThreadClock.Milliseconds - before) / runs;
        }

        public void Dispose() => _session.Dispose();

        private static SessionOptions Options() => new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        private static List<NamedOnnxValue> InputsOf(InferenceSession session)
        {
            var random = new Random(2);
            return [.. session.InputMetadata.Select(input =>
            {
                var tensor = new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>([.. input.Value.Dimensions.Select(size => Math.Max(size, 1))]);
                foreach (ref var value in tensor.Buffer.Span)
                {
                    value = (2 * random.NextSingle()) - 1;
                }

                return NamedOnnxValue.CreateFromTensor(input.Key, tensor);
            })];
        }

        /// <summary>Convolutions and products of matrices: each output is a sum over one filter, or one row.</summary>
        private static double OperationsOf(string profile)
        {
            var sum = 0.0;
            using var events = JsonDocument.Parse(File.ReadAllBytes(profile));
            foreach (var one in events.RootElement.EnumerateArray())
            {
                if (one.GetProperty("cat").GetString() == "Node"
                    && one.GetProperty("args") is var node
                    && node.TryGetProperty("output_type_shape", out var outputs))
                {
                    var inputs = node.GetProperty("input_type_shape"); // without weights that were packed anew, as those of products are
                    var addends = node.GetProperty("op_name").GetString() switch
                    {
                        "Conv" or "FusedConv" => Product(Shape(inputs[1])[1..]),
                        "MatMul" or "FusedMatMul" or "Gemm" => Shape(inputs[0])[^1],
                        _ => 0,
                    };
                    sum += 2 * addends * Product(Shape(outputs[0]));
                }
            }

            return sum;
        }

        private static double Product(double[] sizes) => sizes.Aggregate(1.0, (product, size) => product * size);

        private static double[] Shape(JsonElement typed) =>
            [.. typed.EnumerateObject().First().Value.EnumerateArray().Select(size => size.GetDouble())];
    }
}
