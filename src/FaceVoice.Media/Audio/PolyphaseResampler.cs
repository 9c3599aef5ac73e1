using System.Buffers;
using System.Numerics.Tensors;

namespace FaceVoice.Media.Audio;

/// <summary>
/// Changes the sample rate of a mono stream to 16 kHz by a windowed-sinc filter bank: no delay, the first output sample stands at the first
/// input sample. Not thread-safe; one per stream.
/// </summary>
internal sealed class PolyphaseResampler
{
    private readonly ResamplerKernel _kernel;
    private readonly int _step; // input advances by _step / _phases samples for each output sample
    private readonly int _phases;
    private float[] _window;
    private int _filled;
    private long _windowStart; // input index of _window[0]
    private long _inputIndex; // floor of the next output's position in the input
    private long _received;
    private long _produced;
    private int _phase; // remainder of that position, in 1 / _phases

    public PolyphaseResampler(int inputRate)
    {
        var divisor = GreatestCommonDivisor(inputRate, AudioClip.SampleRate);
        _phases = AudioClip.SampleRate / divisor;
        _step = inputRate / divisor;
        _kernel = ResamplerKernel.For(inputRate, _phases);
        _window = new float[_kernel.Taps * 4];
        _filled = _kernel.HalfTaps - 1; // silence before the beginning
        _windowStart = -_filled;
        InputRate = inputRate;
    }

    public int InputRate { get; }

    /// <summary>Takes input and appends the output that it completes.</summary>
    public void Process(ReadOnlySpan<float> input, ArrayBufferWriter<float> output)
    {
        _received += input.Length;
        Append(input);
        Produce(output, long.MaxValue);
    }

    /// <summary>Ends the stream: appends the rest, so that there are <c>ceil(inputs * 16000 / rate)</c> samples in all.</summary>
    public void Finish(ArrayBufferWriter<float> output)
    {
        var total = ((_received * AudioClip.SampleRate) + InputRate - 1) / InputRate;
        Append(new float[_kernel.Taps + (_step / _phases) + 1]);
        Produce(output, total);
    }

    private void Produce(ArrayBufferWriter<float> output, long most)
    {
        var taps = _kernel.Taps;
        var first = _kernel.HalfTaps - 1; // taps before the position
        while (_produced < most && _inputIndex - first + taps <= _windowStart + _filled)
        {
            var samples = _window.AsSpan((int)(_inputIndex - first - _windowStart), taps);
            output.GetSpan(1)[0] = _kernel.Apply(samples, _phase);
            output.Advance(1);
            _produced++;
            _phase += _step;
            _inputIndex += _phase / _phases;
            _phase %= _phases;
        }
    }

    private void Append(ReadOnlySpan<float> input)
    {
        var unused = (int)Math.Clamp(_inputIndex - (_kernel.HalfTaps - 1) - _windowStart, 0, _filled);
        _window.AsSpan(unused, _filled - unused).CopyTo(_window);
        _filled -= unused;
        _windowStart += unused;
        if (_filled + input.Length > _window.Length)
        {
            Array.Resize(ref _window, Math.Max(_window.Length * 2, _filled + input.Length));
        }

        input.CopyTo(_window.AsSpan(_filled));
        _filled += input.Length;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
