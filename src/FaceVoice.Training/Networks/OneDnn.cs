using System.Runtime.InteropServices;

namespace FaceVoice.Training.Networks;

/// <summary>
/// Whether convolutions on the processor go through oneDNN, a setting of the whole process. LibTorch 2.10 brings oneDNN 3.7, which is several times
/// faster for two-dimensional convolutions, but whose results are wrong on some processors (an AMD Zen 5 among them) where channels do not fill its
/// blocks of 16: a convolution of 24 channels leaves some of its taps out. So it is tried out, against double precision, which does without it.
/// </summary>
internal static class OneDnn
{
    private static bool _isTrusted = true;
    private static nint _library;

    /// <summary>Gets a value indicating whether oneDNN is in use.</summary>
    public static bool IsOn { get; private set; } = true;

    /// <summary>Tries convolutions of all kinds and switches oneDNN off where one is wrong.</summary>
    /// <param name="library">The path of libtorch_cpu.so, which is loaded already.</param>
    public static void TryOut(string library)
    {
        _library = NativeLibrary.Load(library);
        // Where NNPACK does not know the processor either, each convolution would print so.
        Call("_ZN2at7Context20setUserEnabledNNPACKEb", false);
        using DisposeScope scope = NewDisposeScope();
        _isTrusted = Holds(() => IsRight([8, 24, 40], [16, 24, 5], (input, weight) => nn.functional.conv1d(input, weight))
            && IsRight([8, 4, 20, 26], [4, 4, 3, 3], (input, weight) => nn.functional.conv2d(input, weight, padding: [1, 1]))
            && IsRight([8, 1, 20, 51], [4, 1, 3, 3], (input, weight) => nn.functional.conv2d(input, weight, strides: [2, 2], padding: [1, 1])));
        Set(_isTrusted);
    }

    /// <summary>
    /// Where oneDNN was found to be wrong: uses it all the same if it computes every convolution of this network right, as it is much faster.
    /// <see cref="Reset"/> ends that.
    /// </summary>
    /// <param name="network">The network that is to be run.</param>
    public static void ChooseFor(Module network)
    {
        if (_isTrusted)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Set(true);
        Set(Holds(() => network.modules().OfType<Convolution>().DistinctBy(Describe).All(IsRight)));
    }

    /// <summary>Back to what is right for every network.</summary>
    public static void Reset()
    {
        if (!_isTrusted)
        {
            Set(false);
        }
    }

    /// <summary>
    /// The channels of zeros that a convolution over time is to be given so that its inputs fill blocks of 16, where oneDNN is wrong about others:
    /// else one layer of 24 channels would keep a whole network from it.
    /// </summary>
    /// <param name="inputs">Channels of the input; fewer than 16 are right as they are.</param>
    /// <param name="kernel">Taps; a single one is always right.</param>
    public static long MissingChannels(int inputs, int kernel) => _isTrusted || inputs < 16 || kernel == 1 ? 0 : (16 - (inputs % 16)) % 16;

    private static void Set(bool on)
    {
        Call("_ZN2at7Context20setUserEnabledMkldnnEb", on);
        IsOn = on;
    }

    /// <summary>A setter of LibTorch's <c>at::globalContext()</c> that TorchSharp does not offer.</summary>
    private static unsafe void Call(string setter, bool value)
    {
        nint context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(_library, "_ZN2at13globalContextEv"))();
        ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(_library, setter))(context, value ? (byte)1 : (byte)0);
    }

    /// <summary>What goes wrong differs with the number of threads: tried with one, and with as many as there are.</summary>
    private static bool Holds(Func<bool> condition)
    {
        int threads = get_num_threads();
        try
        {
            return new[] { 1, threads }.Distinct().All(count =>
            {
                set_num_threads(count);
                return condition();
            });
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static string Describe(Convolution layer) =>
        $"{layer.in_channels} {layer.out_channels} {string.Join(',', layer.kernel_size)} {string.Join(',', layer.stride)} {string.Join(',', layer.dilation)}";

    private static bool IsRight(Convolution layer)
    {
        long[] kernel = layer.kernel_size;
        // As TimeConvolution runs it; no other layer of the networks is one-dimensional.
        long inputs = layer.in_channels + (layer is TorchSharp.Modules.Conv1d ? MissingChannels((int)layer.in_channels, (int)kernel[0]) : 0);
        long[] weight = [layer.out_channels, inputs, .. kernel];
        return layer switch
        {
            TorchSharp.Modules.Conv1d => IsRight([4, inputs, 24 + (layer.dilation[0] * (kernel[0] - 1))], weight, (x, w) =>
                nn.functional.conv1d(x, w, dilation: layer.dilation[0])),
            TorchSharp.Modules.Conv2d => IsRight([4, layer.in_channels, 20, 26], weight, (x, w) =>
                nn.functional.conv2d(x, w, strides: layer.stride, padding: [kernel[0] / 2, kernel[1] / 2])),
            _ => false,
        };
    }

    /// <summary>Output and both gradients, in single and in double precision.</summary>
    private static bool IsRight(long[] input, long[] weight, Func<Tensor, Tensor, Tensor> convolve)
    {
        return Run(ScalarType.Float32).Zip(Run(ScalarType.Float64)).All(pair =>
            ((pair.First.to(ScalarType.Float64) - pair.Second).abs().max() <= pair.Second.abs().max() * 1e-3).ToBoolean());

        Tensor[] Run(ScalarType type)
        {
            Tensor x = Waves(input).to(type).requires_grad_();
            Tensor w = Waves(weight).to(type).requires_grad_();
            Tensor y = convolve(x, w);
            (y * Waves(y.shape).to(type)).sum().backward();
            return [y.detach(), x.grad!, w.grad!];
        }

        // Not drawn at random: random numbers are the run's.
        static Tensor Waves(long[] shape) => arange(shape.Aggregate(1L, (product, size) => product * size), ScalarType.Float64).cos().view(shape);
    }
}
