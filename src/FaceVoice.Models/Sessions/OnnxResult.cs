using Microsoft.ML.OnnxRuntime;

namespace FaceVoice.Models.Sessions;

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
