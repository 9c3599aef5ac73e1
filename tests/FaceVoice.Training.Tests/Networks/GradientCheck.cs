using Xunit;

namespace FaceVoice.Training.Tests.Networks;

/// <summary>Compares autograd's gradient with central differences, in double precision.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-6;
    private const double Absolute = 1e-6;
    private const double Relative = 1e-4;

    /// <summary>Checks the gradient of a scalar function at a point.</summary>
    /// <param name="point">Where; double precision.</param>
    /// <param name="function">The function.</param>
    /// <param name="leaf">The tensor that gets the gradient where it is not the function's argument.</param>
    /// <param name="most">At most so many elements are tried, spread evenly.</param>
    public static void Run(Tensor point, Func<Tensor, Tensor> function, Func<Tensor>? leaf = null, int most = 40)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float64, point.dtype);
        Tensor argument = point.detach().clone().requires_grad_(leaf is null);
        Tensor differentiated = leaf?.Invoke() ?? argument;
        differentiated.grad = null;
        function(argument).backward();
        double[] analytic = differentiated.grad!.ToArray<double>();
        double[] values = point.ToArray<double>();
        int stride = Math.Max(1, values.Length / most);

        for (int n = 0; n < values.Length; n += stride)
        {
            double numeric = (At(n, Step) - At(n, -Step)) / (2 * Step);
            double allowed = Absolute + Relative * Math.Abs(numeric);
            Assert.True(Math.Abs(numeric - analytic[n]) <= allowed, $"element {n}: autograd {analytic[n]:E6}, differences {numeric:E6}");
        }

        double At(int place, double change)
        {
            using DisposeScope inner = NewDisposeScope();
            using var mode = no_grad();
            double[] moved = [.. values];
            moved[place] += change;
            return function(tensor(moved, point.shape)).ToDouble();
        }
    }
}
