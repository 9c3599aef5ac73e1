using System.Numerics;

namespace FaceVoice.Torch.Optim;

/// <summary>One pass over parameter, gradient and moments on the CPU, where the operators would take eleven.</summary>
internal static class AdamKernel
{
    /// <summary>p -= rate m' / (sqrt(v') / root + eps), after both moments took the gradient in.</summary>
    public static void Run(
        Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, in AdamStep step)
    {
        int width = Vector<float>.Count;
        int n = 0;
        for (; n <= parameter.Length - width; n += width)
        {
            Vector<float> p = new(parameter[n..]);
            Vector<float> g = new Vector<float>(gradient[n..]) + p * step.CoupledDecay;
            Vector<float> m = new Vector<float>(mean[n..]) * step.Beta1 + g * step.OneMinusBeta1;
            Vector<float> v = new Vector<float>(square[n..]) * step.Beta2 + g * g * step.OneMinusBeta2;
            m.CopyTo(mean[n..]);
            v.CopyTo(square[n..]);
            Vector<float> divisor = Vector.SquareRoot(v) / new Vector<float>(step.RootCorrection) + new Vector<float>(step.Epsilon);
            (p * step.Keep - m / divisor * step.Rate).CopyTo(parameter[n..]);
        }

        for (; n < parameter.Length; n++)
        {
            float g = gradient[n] + parameter[n] * step.CoupledDecay;
            mean[n] = mean[n] * step.Beta1 + g * step.OneMinusBeta1;
            square[n] = square[n] * step.Beta2 + g * g * step.OneMinusBeta2;
            float divisor = MathF.Sqrt(square[n]) / step.RootCorrection + step.Epsilon;
            parameter[n] = parameter[n] * step.Keep - mean[n] / divisor * step.Rate;
        }
    }
}
