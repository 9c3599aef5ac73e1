using System.Security.Cryptography;
using FaceVoice.Models.Graph;
using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

/// <summary>
/// One loaded model, to be shared by all callers: <see cref="Run"/> and <see cref="OnnxCallPool.Rent"/> may be used from any number of threads.
/// </summary>
/// <remarks>
/// A run uses <see cref="OnnxSessionOptions.IntraOpThreads"/> threads, without spinning. What runs is the cleaned network (<see cref="GraphCleaner"/>); its
/// hash is that of its source. Dispose it only when no run is under way.
/// </remarks>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    private OnnxSession(InferenceSession session, ExecutionDevice device, string name, byte[] source)
    {
        _session = session;
        Device = device;
        Name = name;
        _inputNames = [.. session.InputNames];
        _outputNames = [.. session.OutputNames];
        Inputs = [.. _inputNames.Select(input => Spec(input, session.InputMetadata[input]))];
        Outputs = [.. _outputNames.Select(output => Spec(output, session.OutputMetadata[output]))];
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(source));
    }

    /// <summary>Gets the model's name in messages and metrics.</summary>
    public string Name { get; }

    /// <summary>Gets the inputs in the model's own order.</summary>
    public IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>Gets the outputs in the model's own order.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Gets the SHA-256 of the model as its file has it, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Gets where the model runs: never <see cref="ExecutionDevice.Auto"/>.</summary>
    public ExecutionDevice Device { get; }

    internal InferenceSession Native => _session;

    /// <summary>Loads a model from a file.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="OnnxModelException">The file is missing or is not a model that ONNX Runtime can load.</exception>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used.</exception>
    public static OnnxSession Load(string path, OnnxSessionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Create(ReadFile(path), path, options ?? new OnnxSessionOptions());
    }

    /// <summary>Loads a model from memory; the bytes are not needed afterwards.</summary>
    /// <param name="model">The content of an ONNX file.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="OnnxModelException">The bytes are not a model that ONNX Runtime can load.</exception>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used.</exception>
    public static OnnxSession Load(byte[] model, OnnxSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Create(model, path: null, options ?? new OnnxSessionOptions());
    }

    /// <summary>The input of this name, checked for type and shape.</summary>
    /// <param name="name">The tensor's name; null takes the model's only input.</param>
    /// <param name="element">The type that the caller will feed.</param>
    /// <param name="shape">The shape that the caller will feed; -1 for axes that vary.</param>
    /// <exception cref="OnnxModelException">There is no such input, or it has another type or shape; the message has the actual one.</exception>
    public TensorSpec RequireInput(string? name, TensorElement element, params ReadOnlySpan<long> shape) => Require(Inputs, "input", name, element, shape);

    /// <summary>The output of this name, checked for type and shape.</summary>
    /// <param name="name">The tensor's name; null takes the model's only output.</param>
    /// <param name="element">The type that the caller expects.</param>
    /// <param name="shape">The shape that the caller expects; -1 for axes that vary.</param>
    /// <exception cref="OnnxModelException">There is no such output, or it has another type or shape; the message has the actual one.</exception>
    public TensorSpec RequireOutput(string? name, TensorElement element, params ReadOnlySpan<long> shape) => Require(Outputs, "output", name, element, shape);

    /// <summary>Runs the model once. The inputs are read in place, not copied.</summary>
    /// <param name="inputs">One entry for each input of the model, in any order; not to be changed until the call returns.</param>
    /// <returns>All outputs, in the order of <see cref="Outputs"/>; dispose it when they are read.</returns>
    /// <exception cref="OnnxModelException">The model refused the inputs or failed.</exception>
    public OnnxResult Run(params ReadOnlySpan<OnnxInput> inputs)
    {
        var names = new string[inputs.Length];
        var values = new OrtValue[inputs.Length];
        var made = 0;
        try
        {
            for (; made < inputs.Length; made++)
            {
                names[made] = inputs[made].Name;
                values[made] = inputs[made].ToValue();
            }

            using var options = new RunOptions();
            return new OnnxResult(_session.Run(options, names, values, _outputNames));
        }
        catch (OnnxRuntimeException error)
        {
            throw new OnnxModelException($"The model {Name} failed: {error.Message}", error);
        }
        finally
        {
            foreach (var value in values.AsSpan(0, made))
            {
                value.Dispose();
            }
        }
    }

    /// <summary>Frees the native session. No run may be under way.</summary>
    public void Dispose() => _session.Dispose();

    /// <summary>The bytes of a model's file; a file that is missing or cannot be read is an <see cref="OnnxModelException"/>.</summary>
    internal static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new OnnxModelException(
                $"The model {path} does not exist. The pretrained models come with tools/setup; {PackagedModels.FolderVariable} names another folder.");
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"The model {path} cannot be read: {error.Message}", error);
        }
    }

    private static OnnxSession Create(byte[] source, string? path, OnnxSessionOptions options)
    {
        var environment = OnnxRuntimeEnvironment.EnsureStarted();
        var device = CudaSupport.Resolve(options.Device);
        if (device != ExecutionDevice.Cuda || options.Device == ExecutionDevice.Cuda)
        {
            return CreateOn(device, source, path, options);
        }

        // The libraries are there, but the device may be full or too old: nothing that 'auto' should fail for or print errors about.
        var level = environment.EnvLogLevel;
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        try
        {
            return CreateOn(device, source, path, options);
        }
        catch (Exception error) when (error is OnnxModelException or DeviceUnavailableException)
        {
            return CreateOn(ExecutionDevice.Cpu, source, path, options);
        }
        finally
        {
            environment.EnvLogLevel = level;
        }
    }

    private static OnnxSession CreateOn(ExecutionDevice device, byte[] source, string? path, OnnxSessionOptions options)
    {
        using var native = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableMemoryPattern = options.MemoryPattern,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        native.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        native.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        if (device == ExecutionDevice.Cuda)
        {
            AppendCuda(native);
        }

        try
        {
            var cleaned = GraphCleaner.Clean(source, rewrite: device == ExecutionDevice.Cpu);

            // What is run as it is may have weights in files beside it: those are found by its path.
            var session = path is not null && ReferenceEquals(cleaned, source) ? new InferenceSession(path, native) : new InferenceSession(cleaned, native);
            return new OnnxSession(session, device, options.Name ?? Path.GetFileNameWithoutExtension(path) ?? "model", source);
        }
        catch (OnnxRuntimeException error)
        {
            throw new OnnxModelException($"{path ?? options.Name ?? "model"} is not a model that ONNX Runtime {OnnxRuntimeEnvironment.Version} can load: {error.Message}", error);
        }
    }

    private static void AppendCuda(SessionOptions native)
    {
        try
        {
            // TF32 would move embeddings by a thousandth, away from those that a processor made; an exhaustive search of algorithms takes seconds
            // for every new input length.
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string> { ["device_id"] = "0", ["use_tf32"] = "0", ["cudnn_conv_algo_search"] = "HEURISTIC" });
            native.AppendExecutionProvider_CUDA(cuda);
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw DeviceUnavailableException.ForCuda($"what ONNX Runtime needs ({error.Message.Trim()})", error);
        }
    }

    private TensorSpec Require(IReadOnlyList<TensorSpec> specs, string kind, string? name, TensorElement element, ReadOnlySpan<long> shape)
    {
        var spec = name is null ? (specs.Count == 1 ? specs[0] : null) : specs.FirstOrDefault(candidate => candidate.Name == name);
        if (spec is not null && spec.Element == element && spec.Accepts(shape))
        {
            return spec;
        }

        var wanted = new TensorSpec(name ?? $"one {kind}", element, shape.ToArray());
        throw new OnnxModelException($"The model {Name} does not fit: needed is the {kind} {wanted}, it has {string.Join("; ", specs)}.");
    }

    private static TensorSpec Spec(string name, NodeMetadata metadata) => new(name, ElementOf(metadata), [.. metadata.IsTensor ? metadata.Dimensions.Select(size => (long)size) : []]);

    private static TensorElement ElementOf(NodeMetadata metadata) => metadata.IsTensor switch
    {
        true when metadata.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => TensorElement.Real32,
        true when metadata.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 => TensorElement.Integer64,
        _ => TensorElement.Unsupported,
    };
}
