using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

/// <summary>
/// Bound buffers for runs of one fixed set of shapes, as many as there are callers at once. Thread-safe. The pool does not own the session.
/// </summary>
public sealed class OnnxCallPool : IDisposable
{
    private readonly ConcurrentBag<OnnxCall> _free = [];
    private volatile bool _disposed;

    /// <summary>Makes a pool.</summary>
    /// <param name="session">The model; it must outlive the pool.</param>
    /// <param name="inputShapes">The shape of each input in the model's order; null where the file declares them all.</param>
    /// <param name="outputShapes">The shape of each output in the model's order; null where the file declares them all.</param>
    /// <exception cref="OnnxModelException">A shape is not given and not fixed in the file, or contradicts it, or an element type is not supported.</exception>
    public OnnxCallPool(OnnxSession session, IReadOnlyList<long[]>? inputShapes = null, IReadOnlyList<long[]>? outputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        Session = session;
        InputShapes = Resolve(session, session.Inputs, inputShapes);
        OutputShapes = Resolve(session, session.Outputs, outputShapes);
        if (session.Outputs.FirstOrDefault(output => output.Element != TensorElement.Real32) is { } unsupported)
        {
            throw new OnnxModelException($"The model {session.Name} has the output {unsupported}; only float32 is supported.");
        }
    }

    /// <summary>Gets the model that the calls run.</summary>
    public OnnxSession Session { get; }

    internal long[][] InputShapes { get; }

    internal long[][] OutputShapes { get; }

    /// <summary>Takes a set of buffers; dispose it to give it back. Its contents are those of an earlier run.</summary>
    public OnnxCall Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _free.TryTake(out var call) ? call : new OnnxCall(this);
    }

    /// <summary>Frees the buffers that are not in use; those in use are freed when they come back.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var call))
        {
            call.Free();
        }
    }

    internal void Return(OnnxCall call)
    {
        _free.Add(call);
        if (_disposed)
        {
            Dispose();
        }
    }

    private static long[][] Resolve(OnnxSession session, IReadOnlyList<TensorSpec> specs, IReadOnlyList<long[]>? shapes)
    {
        if (shapes is not null && shapes.Count != specs.Count)
        {
            throw new OnnxModelException($"The model {session.Name} has {specs.Count} tensors on this side ({string.Join("; ", specs)}), not {shapes.Count}.");
        }

        return [.. specs.Select((spec, i) => shapes?[i] ?? [.. spec.Shape]).Zip(specs, (shape, spec) =>
            spec.Element != TensorElement.Unsupported && shape.All(size => size >= 0) && spec.Accepts(shape)
                ? shape
                : throw new OnnxModelException($"The model {session.Name} does not fit: it has {spec}, to be run as {TensorSpec.Describe(shape)}."))];
    }
}

/// <summary>
/// The input and output buffers of one run, bound to the session once and used again for every later run of the same shapes: fill
/// <see cref="Floats"/>, call <see cref="Run"/>, read <see cref="Output"/>. Used by one thread at a time; disposing it gives it back to its pool.
/// </summary>
public sealed class OnnxCall : IDisposable
{
    private readonly OnnxCallPool _pool;
    private readonly Array[] _inputs;
    private readonly float[][] _outputs;
    private readonly OrtValue[] _values;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly bool _copiesInputs;

    internal OnnxCall(OnnxCallPool pool)
    {
        _pool = pool;
        var session = pool.Session;
        _binding = session.Native.CreateIoBinding();
        _copiesInputs = session.Device != ExecutionDevice.Cpu;
        _values = new OrtValue[session.Inputs.Count + session.Outputs.Count];
        _inputs = new Array[session.Inputs.Count];
        for (var i = 0; i < _inputs.Length; i++)
        {
            var shape = pool.InputShapes[i];
            _inputs[i] = session.Inputs[i].Element == TensorElement.Integer64 ? new long[Count(shape)] : new float[Count(shape)];
            _values[i] = _inputs[i] is long[] integers
                ? OrtValue.CreateTensorValueFromMemory(integers, shape)
                : OrtValue.CreateTensorValueFromMemory((float[])_inputs[i], shape);
        }

        BindInputs();

        _outputs = new float[session.Outputs.Count][];
        for (var i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = new float[Count(pool.OutputShapes[i])];
            var value = OrtValue.CreateTensorValueFromMemory(_outputs[i], pool.OutputShapes[i]);
            _values[_inputs.Length + i] = value;
            _binding.BindOutput(session.Outputs[i].Name, value);
        }
    }

    /// <summary>The buffer of a float input, row-major. It keeps what the last run left in it.</summary>
    /// <param name="input">The input's place in <see cref="OnnxSession.Inputs"/>.</param>
    public Span<float> Floats(int input) => (float[])_inputs[input];

    /// <summary>The buffer of an integer input, row-major.</summary>
    /// <param name="input">The input's place in <see cref="OnnxSession.Inputs"/>.</param>
    public Span<long> Integers(int input) => (long[])_inputs[input];

    /// <summary>The buffer of an output, row-major; valid until the next run or until this is disposed.</summary>
    /// <param name="output">The output's place in <see cref="OnnxSession.Outputs"/>.</param>
    public ReadOnlySpan<float> Output(int output) => _outputs[output];

    /// <summary>Runs the model over the input buffers into the output buffers; on the processor it allocates nothing on the managed heap.</summary>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public void Run()
    {
        try
        {
            if (_copiesInputs)
            {
                BindInputs(); // ONNX Runtime copies to another device when an input is bound, not when it runs
                _binding.SynchronizeBoundInputs();
            }

            _pool.Session.Native.RunWithBinding(_options, _binding);
            if (_copiesInputs)
            {
                _binding.SynchronizeBoundOutputs();
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new OnnxModelException($"The model {_pool.Session.Name} failed: {error.Message}", error);
        }
    }

    /// <summary>Gives the buffers back for the next caller.</summary>
    public void Dispose() => _pool.Return(this);

    internal void Free()
    {
        _binding.Dispose();
        _options.Dispose();
        foreach (var value in _values)
        {
            value.Dispose();
        }
    }

    private void BindInputs()
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            _binding.BindInput(_pool.Session.Inputs[i].Name, _values[i]);
        }
    }

    private static int Count(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));
}
