using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

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

    internal OnnxCall(OnnxCallPool pool)
    {
        _pool = pool;
        var session = pool.Session;
        _binding = session.Native.CreateIoBinding();
        _values = new OrtValue[session.Inputs.Count + session.Outputs.Count];
        _inputs = new Array[session.Inputs.Count];
        for (var i = 0; i < _inputs.Length; i++)
        {
            var shape = pool.InputShapes[i];
            _inputs[i] = session.Inputs[i].Element == TensorElement.Integer64 ? new long[Count(shape)] : new float[Count(shape)];
            _values[i] = _inputs[i] is long[] integers
                ? OrtValue.CreateTensorValueFromMemory(integers, shape)
                : OrtValue.CreateTensorValueFromMemory((float[])_inputs[i], shape);
            _binding.BindInput(session.Inputs[i].Name, _values[i]);
        }

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

    /// <summary>Runs the model over the input buffers into the output buffers; allocates nothing on the managed heap.</summary>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public void Run()
    {
        try
        {
            _pool.Session.Native.RunWithBinding(_options, _binding);
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

    private static int Count(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));
}
