using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

/// <summary>One named input of a run, over memory that the caller owns (rented memory included): nothing is copied.</summary>
public readonly struct OnnxInput
{
    private readonly Memory<float> _floats;
    private readonly Memory<long> _integers;
    private readonly bool _isInteger;
    private readonly long[] _shape;

    /// <summary>Names a float tensor.</summary>
    /// <param name="name">The input's name in the model.</param>
    /// <param name="values">Row-major values; at least as many as the shape has.</param>
    /// <param name="shape">The size of each axis.</param>
    public OnnxInput(string name, Memory<float> values, params long[] shape)
        : this(name, values.Length, shape) => _floats = values;

    /// <summary>Names an integer tensor.</summary>
    /// <param name="name">The input's name in the model.</param>
    /// <param name="values">Row-major values; at least as many as the shape has.</param>
    /// <param name="shape">The size of each axis; empty for a scalar.</param>
    public OnnxInput(string name, Memory<long> values, params long[] shape)
        : this(name, values.Length, shape)
    {
        _integers = values;
        _isInteger = true;
    }

    private OnnxInput(string name, int available, long[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        Name = name;
        _shape = shape;
        ArgumentOutOfRangeException.ThrowIfLessThan(available, shape.Aggregate(1L, (product, size) => checked(product * size)), nameof(shape));
    }

    /// <summary>Gets the input's name in the model.</summary>
    public string Name { get; }

    internal OrtValue ToValue() => _isInteger
        ? OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _integers, _shape)
        : OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _floats, _shape);
}

/// <summary>The outputs of one run, in native memory until it is disposed. Not thread-safe.</summary>
public sealed class OnnxResult : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;

    internal OnnxResult(IDisposableReadOnlyCollection<OrtValue> values) => _values = values;

    /// <summary>The values of an output, row-major; valid until this is disposed.</summary>
    /// <param name="output">The output's place in <see cref="OnnxSession.Outputs"/>.</param>
    public ReadOnlySpan<float> Floats(int output) => _values[output].GetTensorDataAsSpan<float>();

    /// <summary>The concrete shape of an output.</summary>
    /// <param name="output">The output's place in <see cref="OnnxSession.Outputs"/>.</param>
    public IReadOnlyList<long> Shape(int output) => _values[output].GetTensorTypeAndShape().Shape;

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _values.Dispose();
}
