namespace FaceVoice.Training.Networks.Export;

/// <summary>Turns PyTorch's weight layouts into matrices [inputs, outputs] and folds a per-channel affine map of the input into them, in double precision.</summary>
internal static class LinearFolding
{
    /// <summary>From [out, in, kernel] to [kernel * in, out], tap by tap.</summary>
    public static (float[] Matrix, float[] Bias) Convolution(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ChannelAffine input, int outputs, int kernel)
    {
        var inputs = input.Scale.Length;
        var matrix = new float[kernel * inputs * outputs];
        var folded = new float[outputs];
        for (var o = 0; o < outputs; o++)
        {
            var sum = (double)bias[o];
            for (var c = 0; c < inputs; c++)
            {
                for (var tap = 0; tap < kernel; tap++)
                {
                    double w = weight[(((o * inputs) + c) * kernel) + tap];
                    matrix[(((tap * inputs) + c) * outputs) + o] = (float)(w * input.Scale[c]);
                    sum += w * input.Shift[c];
                }
            }

            folded[o] = (float)sum;
        }

        return (matrix, folded);
    }

    /// <summary>From [out, in] to [in, out].</summary>
    public static (float[] Matrix, float[] Bias) Linear(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ChannelAffine input, int outputs) =>
        Convolution(weight, bias, input, outputs, kernel: 1);
}
